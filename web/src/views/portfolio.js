// The plan: who is in it, what it reaches and costs, and how to make a better one.

import { button, fill, h } from '../dom.js';
import { several } from '../format.js';
import { budget } from '../parts/budget.js';
import { combobox } from '../parts/combobox.js';
import { reportForm } from '../parts/export.js';
import { limits } from '../parts/limits.js';
import { members } from '../parts/members.js';
import { progressBar } from '../parts/progress.js';
import { refusal } from '../parts/refusal.js';
import { totals } from '../parts/totals.js';
import { verb } from '../parts/verb.js';
import { work } from '../parts/work.js';
import { add, portfolio, refresh, take, undo, undoable } from '../state/portfolio.js';

export const title = 'Plan';

/** @param {HTMLElement} root @param {import('../types.js').Context} context */
export function show(root, context) {
  const { network, signal } = context;
  const sums = totals(network);
  const table = members(network);
  const search = combobox({ label: 'Add a creator', placeholder: 'Name or handle', signal, pick: (match) => add(match) });
  const back = button('Undo', undo, { class: 'quiet' });
  const clear = button('Remove all', () => take([]), { class: 'quiet' });
  const state = h('div', { class: 'plan-state' });
  const drawing = progressBar('Drawing people');
  const empty = h('p', { class: 'empty' }, 'Nobody is in the plan yet. Search for a creator here, take some from ', h('a', { href: '#/' }, 'the table'), ', or let a budget propose a plan below.');
  const overlaps = h('div', { class: 'stack' });
  const size = h('span', { class: 'soft' });

  fill(
    root,
    h('h1', null, 'Plan'),
    sums.element, state,
    h('section', { class: 'panel', 'aria-label': 'Chosen creators' },
      h('div', { class: 'section-head' }, h('h2', null, 'Chosen creators ', size), h('div', { class: 'section-act' }, back, clear)),
      search.element, empty, table.element),
    budget(context),
    limits(context),
    overlaps,
    reportForm(context),
  );

  let drawn = '';
  portfolio.watch((now) => {
    sums.draw(now);
    table.draw(now);
    empty.hidden = now.chosen.length > 0;
    clear.hidden = now.chosen.length === 0;
    size.textContent = now.chosen.length > 0 ? `(${now.chosen.length})` : '';
    back.disabled = !undoable();
    if (now.error) fill(state, refusal(now.error, () => void refresh()));
    else if (now.progress && now.busy) {
      drawing.move(now.progress.done, now.progress.total);
      if (!drawing.element.isConnected) fill(state, h('div', { class: 'work-running' }, drawing.element, h('span', { class: 'work-phase' }, 'People are still being drawn; the figures follow by themselves.')));
    } else fill(state);
    const key = JSON.stringify(now.chosen.map((one) => one.id));
    if (key !== drawn) {
      drawn = key;
      fill(overlaps, now.chosen.length > 1 && shared(now.chosen.map((one) => one.id), key, context));
    }
  }, signal);
}

/**
 * Whose followers are whose.
 * @param {string[]} creators
 * @param {string} key
 * @param {import('../types.js').Context} context
 */
function shared(creators, key, { network, signal }) {
  const piece = (/** @type {string} */ kind, /** @type {string} */ act, /** @type {string} */ caption) => work({
    key: `${kind} ${key}`, kind, start: act, about: several(creators.length, 'creator'), signal, parameters: () => ({ creators }),
    show: (job) => verb(/** @type {import('../types.js').VerbResult} */ (job.result), { caption, currency: network.currency, signal }),
  }).element;
  return h('section', { class: 'panel', 'aria-label': 'Shared audience' },
    h('h2', null, 'Shared audience'),
    h('p', { class: 'soft' }, 'How many people follow exactly whom of the plan, and how the audience grows with each creator.'),
    piece('overlap', 'Show who follows whom', 'Followers of exactly these creators'),
    piece('curve', 'Show how the audience grows', 'Different followers, creator by creator'));
}
