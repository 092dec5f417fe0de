// What these data can carry, what is assumed, and what it takes to get the same figures again.

import { fill, h } from '../dom.js';
import { count } from '../format.js';
import { badge } from '../parts/figure.js';
import { networkName } from '../parts/person.js';
import { grid } from '../parts/grid.js';
import { plain, capital } from '../words.js';
import { board } from '../state/board.js';

export const title = 'Data';

/** @param {HTMLElement} root @param {import('../types.js').Context} context */
export function show(root, { network, signal }) {
  const uses = grid('What can be said with these data, and how', [{ title: 'Figure', kind: 'lead' }, { title: 'Status' }, { title: 'How' }]);
  for (const use of network.uses) uses.body.append(uses.row([capital(plain(use.figure)), badge(use.status), h('span', { class: 'how' }, capital(plain(use.how)))]));
  const tools = grid('What can be done with these data', [{ title: 'What', kind: 'lead' }, { title: 'Possible' }, { title: 'Why' }]);
  for (const tool of network.tools) tools.body.append(tools.row([capital(plain(tool.what)), tool.able ? 'yes' : 'no', h('span', { class: 'how' }, capital(plain(tool.how)))]));
  const drawn = h('dd');
  board.watch((now) => {
    drawn.textContent = typeof now.people_drawn === 'number' ? count(now.people_drawn) : '–';
  }, signal);
  const one = (/** @type {string} */ term, /** @type {string | Node} */ said) => h('div', null, h('dt', null, term), h('dd', null, said));
  fill(
    root,
    h('h1', null, 'What the data can carry'),
    h('p', { class: 'lead-words' }, networkName(network)),
    h('dl', { class: 'small-list' },
      one('Accounts', count(network.accounts)), one('Follows', count(network.follows)), one('Interactions', count(network.interactions)),
      one('Posts', count(network.posts)), one('Creators', count(network.creators)), h('div', null, h('dt', null, 'People drawn'), drawn)),
    network.personal && h('p', { class: 'unmet' }, 'These are personal data: a number of fewer than ten people is shown as a dash.'),
    h('h2', null, 'Figures'), h('div', { class: 'panel panel-table' }, uses.element),
    network.tools.length > 0 && [h('h2', null, 'Tools'), h('div', { class: 'panel panel-table' }, tools.element)],
    h('h2', null, badge('assumed'), ' What is assumed'),
    network.assumptions.length > 0 ? h('ul', { class: 'notes panel' }, network.assumptions.map((one) => h('li', null, capital(plain(one))))) : h('p', { class: 'empty' }, 'Nothing.'),
    h('h2', null, 'To get the same figures again'),
    h('p', { class: 'soft' }, 'The same network, engine and seed give the same figures, to the last digit.'),
    h('dl', { class: 'small-list' }, one('Engine', network.engine), one('Checksum of the network', h('code', null, network.checksum)), one('Seed', String(network.seed))),
  );
}
