// A table that becomes a list of cards where the screen is narrow. Roles are written out, because a browser forgets
// that a table is one once it is laid out otherwise.

import { h } from '../dom.js';

/**
 * @typedef {object} Head
 * @property {string | Node} title
 * @property {string} [label] what a card calls it, if not its title
 * @property {string} [kind] class: "number", "act", "lead"
 * @property {'ascending' | 'descending' | 'none'} [sort]
 * @property {string} [about]
 */

/**
 * @param {string} caption
 * @param {Head[]} heads
 * @param {boolean} [seen] whether the caption is shown
 */
export function grid(caption, heads, seen = false) {
  const body = h('tbody', { role: 'rowgroup' });
  const element = h(
    'table',
    { class: 'grid', role: 'table' },
    h('caption', { class: seen ? null : 'hidden-words' }, caption),
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, heads.map((head) =>
      h('th', { role: 'columnheader', scope: 'col', class: head.kind, 'aria-sort': head.sort, title: head.about }, head.title)))),
    body,
  );
  /**
   * @param {import('../dom.js').Child[]} cells
   */
  function row(cells) {
    const line = h('tr', { role: 'row' });
    cells.forEach((cell, at) => {
      const head = heads[at];
      const lead = head?.kind?.includes('lead');
      const label = head?.label ?? (typeof head?.title === 'string' ? head.title : '');
      line.append(h(lead ? 'th' : 'td', { role: lead ? 'rowheader' : 'cell', scope: lead ? 'row' : null, class: head?.kind, 'data-label': label || null }, cell));
    });
    return line;
  }
  return { element, body, row };
}
