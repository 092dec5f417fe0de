// The chosen creators and what each brings.

import { say } from '../announce.js';
import { button, h } from '../dom.js';
import { WITHHELD, count } from '../format.js';
import { remove } from '../state/portfolio.js';
import { bar, missing, paid, people } from './figure.js';
import { grid } from './grid.js';
import { person } from './person.js';

/** @typedef {import('../types.js').Figure} Figure */

/** @param {import('../types.js').Network} network */
export function members(network) {
  const priced = network.currency !== null;
  const list = grid('Chosen creators and what each brings to the plan; intervals of the simulation alone', [
    { title: 'Creator', kind: 'lead' },
    { title: 'Followers', kind: 'number' },
    { title: 'Alone', kind: 'number with-bar', about: 'people whom this creator reaches' },
    { title: 'Adds', kind: 'number with-bar', about: 'people whom none of those above reaches' },
    { title: 'Only here', kind: 'number with-bar', about: 'people whom no other of the plan reaches: lost without this creator' },
    { title: 'Credit', kind: 'number with-bar', about: 'fair share of all reached; the credits add up to them' },
    ...(priced ? [{ title: `Price, ${network.currency}`, kind: 'number' }] : []),
    { title: h('span', { class: 'hidden-words' }, 'Remove'), kind: 'act' },
  ]);
  const about = h('p', { class: 'soft table-note' }, 'Adds: whom none of those above reaches. Only here: whom no other reaches. Credit: a fair share; the credits add up to all people reached. Intervals here are of the simulation alone; that of the total holds what is assumed, too.');
  const element = h('div', { class: 'members' }, list.element, about);

  /** @param {import('../state/portfolio.js').State} state */
  function draw({ chosen, result, busy }) {
    element.hidden = chosen.length === 0;
    element.setAttribute('aria-busy', String(busy));
    const figures = new Map(result?.members.map((member) => [member.id, member]));
    const most = Math.max(0, ...[...figures.values()].map((member) => member.alone.high ?? member.alone.people ?? 0));
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.remove : undefined;
    const before = [...list.body.querySelectorAll('[data-remove]')].findIndex((one) => one === document.activeElement);
    const why = busy ? 'being counted' : undefined;
    const cell = (/** @type {Figure | undefined} */ figure) => (figure ? [people(figure, why), bar(figure, most)] : missing(why ?? 'not known'));
    list.body.replaceChildren(...chosen.map((one) => {
      const member = figures.get(one.id);
      return list.row([
        person(one),
        member && typeof member.followers === 'number' ? count(member.followers) : missing(member ? WITHHELD : why ?? 'not known'),
        cell(member?.alone), cell(member?.added), cell(member?.only), cell(member?.credit),
        ...(priced ? [member ? paid(member.price, result?.currency === network.currency ? null : result?.currency, 'no price is given') : missing(why ?? 'not known')] : []),
        button('Remove', () => {
          remove(one.id);
          say(`${one.name || one.id} removed. Undo brings it back.`);
        }, { 'aria-label': `Remove ${one.name || one.id} from the plan`, 'data-remove': one.id, class: 'quiet small' }),
      ]);
    }));
    // The focus stays where it was, or goes to what took its place.
    if (focused !== undefined) {
      const buttons = /** @type {HTMLElement[]} */ ([...list.body.querySelectorAll('[data-remove]')]);
      const same = buttons.find((one) => one.dataset.remove === focused);
      const next = same ?? buttons[Math.min(before, buttons.length - 1)] ?? /** @type {HTMLElement | null} */ (document.querySelector("main [role=combobox]"));
      next?.focus();
    }
  }
  return { element, draw };
}
