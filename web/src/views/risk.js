// What could go wrong with the plan.

import { fill, h } from '../dom.js';
import { several } from '../format.js';
import { labelled } from '../parts/filters.js';
import { verb } from '../parts/verb.js';
import { work } from '../parts/work.js';
import { portfolio } from '../state/portfolio.js';

export const title = 'Risk';

/** @param {HTMLElement} root @param {import('../types.js').Context} context */
export function show(root, { network, signal }) {
  const hazard = h('input', { type: 'number', class: 'field', min: 0, max: 100, step: 'any', value: 2, inputmode: 'decimal' });
  const negativity = h('input', { type: 'number', class: 'field', min: 0, step: 'any', placeholder: '1', inputmode: 'decimal' });
  const form = h('div', { class: 'fields' }, labelled('Chance that a creator falls, in %', hazard), labelled('Bad news, times a post', negativity),
    h('p', { class: 'soft fields-note' }, 'Bad news, times a post: so many times as likely as a post to come to a follower. Both are scenarios of yours; nothing in the data says how likely a scandal is.'));
  const place = h('div');
  const lead = h('p', { class: 'lead-words' });
  const panel = h('section', { class: 'panel', 'aria-label': 'Scenario' }, h('h2', null, 'Scenario'), form, place);
  const body = h('div', { class: 'stack' });
  fill(root, h('h1', null, 'Risk of the plan'), body);

  /** What is drawn: figures that come in draw nothing anew, another plan or scenario has an answer of its own. */
  let drawn = '';
  const draw = () => {
    const { chosen } = portfolio.value;
    const key = JSON.stringify([chosen.map((one) => one.id), hazard.value, negativity.value]);
    if (key === drawn) return;
    drawn = key;
    if (chosen.length === 0) {
      fill(body, h('div', { class: 'panel empty-state' }, h('p', null, 'There is no plan yet whose risk could be looked at.'), h('p', null, h('a', { class: 'button', href: '#/' }, 'Choose creators'))));
      return;
    }
    const piece = work({
      key: `risk plan ${key}`, kind: 'risk', start: 'Work out the risk', about: several(chosen.length, 'creator'), signal, primary: true,
      parameters: () => {
        const chance = Number(hazard.value);
        const times = Number(negativity.value);
        return { creators: chosen.map((one) => one.id), ...(hazard.value !== '' ? { hazard: chance / 100 } : {}), ...(negativity.value !== '' ? { negativity: times } : {}) };
      },
      show: (job) => verb(/** @type {import('../types.js').VerbResult} */ (job.result), { caption: 'Risk of the plan', currency: network.currency, signal }),
    });
    lead.textContent = `Who would turn if one of the ${several(chosen.length, 'creator')} fell, what reach would be lost, and who could step in.`;
    fill(place, piece.element);
    if (!panel.isConnected) fill(body, lead, panel);
  };
  portfolio.watch(draw, signal);
  for (const field of [hazard, negativity]) field.addEventListener('input', draw);
}
