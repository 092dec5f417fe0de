// A few creators, chosen one after another: those that must be in a plan, those that must not.

import { say } from '../announce.js';
import { button, h } from '../dom.js';
import { combobox } from './combobox.js';
import { name } from './person.js';

/**
 * @param {string} label
 * @param {AbortSignal} signal
 */
export function chooser(label, signal) {
  /** @type {{id: string, name: string | null}[]} */
  let chosen = [];
  const list = h('ul', { class: 'chosen-list', 'aria-label': label });
  const search = combobox({
    label, placeholder: 'Name or handle', signal,
    pick(match) {
      if (!chosen.some((one) => one.id === match.id)) chosen = [...chosen, match];
      draw();
      say(`${match.name || match.id} chosen`);
    },
  });
  function draw() {
    list.replaceChildren(...chosen.map((one) => h('li', { class: 'chosen' }, name(one.name || one.id), button('×', () => {
      chosen = chosen.filter((other) => other !== one);
      draw();
      search.field.focus();
    }, { class: 'chosen-remove', 'aria-label': `Leave out ${one.name || one.id}` }))));
    list.hidden = chosen.length === 0;
  }
  draw();
  return { element: h('div', { class: 'chooser' }, search.element, list), ids: () => chosen.map((one) => one.id) };
}
