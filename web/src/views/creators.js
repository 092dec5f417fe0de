// All creators: found by name, filtered, sorted, put into the plan.

import { ask, dropped } from '../api.js';
import { say } from '../announce.js';
import { button, fill, h } from '../dom.js';
import { WITHHELD, count, several } from '../format.js';
import { combobox } from '../parts/combobox.js';
import { badge, missing, paid, people, reachStatus } from '../parts/figure.js';
import { conditions, filters } from '../parts/filters.js';
import { grid } from '../parts/grid.js';
import { creatorHash, networkName, person } from '../parts/person.js';
import { refusal } from '../parts/refusal.js';
import { toggle } from '../parts/toggle.js';
import { board } from '../state/board.js';

export const title = 'Creators';
const PAGE = 25;

/** @typedef {import('../types.js').CreatorRows} CreatorRows */

/** @param {HTMLElement} root @param {import('../types.js').Context} context */
export function show(root, { network, signal, query }) {
  const state = new URLSearchParams(query);
  const get = (/** @type {string} */ name) => state.get(name);
  const table = h('div', { class: 'creators-table' });
  const found = h('p', { class: 'soft found' });
  let asking = new AbortController();
  /** @type {CreatorRows | null} */
  let last = null;

  /** @param {Record<string, string>} next @param {boolean} [keepPage] */
  function change(next, keepPage = false) {
    if (!keepPage) state.delete('page');
    for (const [name, value] of Object.entries(next)) {
      if (value) state.set(name, value);
      else state.delete(name);
    }
    const text = state.toString();
    history.replaceState(null, '', `#/${text ? `?${text}` : ''}`);
    chips();
    void load(true);
  }

  const search = combobox({
    label: 'Find a creator', placeholder: 'Name or handle', clear: false, signal,
    pick: (match) => { location.hash = creatorHash(match.id); },
    enter: (text) => change({ text }),
  });
  search.field.value = get('text') ?? '';
  search.field.addEventListener('input', () => {
    if (search.field.value === '' && get('text')) change({ text: '' });
  });
  const filterBox = h('div');
  const chipBox = h('div', { class: 'chips' });
  const drawFilters = () => fill(filterBox, filters(network, get, (name, value) => change({ [name]: value })));

  function chips() {
    const on = [...conditions(network, get), ...(get('text') ? [`“${get('text')}”`] : [])];
    fill(chipBox, on.length > 0 && [h('span', { class: 'soft' }, h('bdi', null, on.join(', '))), button('Clear filters', () => {
      for (const name of [...state.keys()]) if (name !== 'sort' && name !== 'order') state.delete(name);
      search.field.value = '';
      drawFilters();
      change({});
      search.field.focus();
    }, { class: 'quiet small' })]);
  }

  fill(
    root,
    h('h1', null, 'Creators'),
    h('p', { class: 'lead-words' }, networkName(network), ` · ${several(network.creators, 'creator')} of ${several(network.accounts, 'account')}`),
    h('div', { class: 'panel find-panel' }, search.element, filterBox, chipBox),
    found,
    table,
  );
  drawFilters();
  chips();

  /** @param {boolean} [spoken] */
  async function load(spoken = false) {
    asking.abort();
    asking = new AbortController();
    const mine = asking.signal;
    table.setAttribute('aria-busy', 'true');
    const page = Math.max(1, Number(get('page')) || 1);
    const question = new URLSearchParams({ sort: get('sort') ?? 'followers', order: get('order') ?? 'descending', offset: String((page - 1) * PAGE), limit: String(PAGE) });
    for (const where of conditions(network, get)) question.append('where', where);
    const text = get('text');
    if (text) question.set('text', text);
    try {
      const rows = /** @type {CreatorRows} */ (await ask(`/api/creators?${question}`, { signal: mine }));
      if (mine.aborted) return;
      last = rows;
      draw(rows, page);
      if (spoken) say(several(rows.total, 'creator'));
    } catch (error) {
      if (dropped(error)) return;
      found.textContent = '';
      fill(table, refusal(error, () => void load()));
    } finally {
      if (!mine.aborted) table.setAttribute('aria-busy', 'false');
    }
  }

  /** @param {string} key @param {string} words @param {boolean} [textual] */
  function sorter(key, words, textual = false) {
    const now = (get('sort') ?? 'followers') === key;
    const order = get('order') ?? 'descending';
    const natural = textual || key === 'price' || key === 'per_person' ? 'ascending' : 'descending';
    const next = now ? (order === 'descending' ? 'ascending' : 'descending') : natural;
    const mark = now ? (order === 'descending' ? '↓' : '↑') : '';
    const press = button(words, () => {
      change({ sort: key, order: next });
      refocus = key;
    }, { class: `sort ${now ? 'is-on' : ''}`, 'data-sort': key });
    press.append(h('span', { 'aria-hidden': 'true', class: 'sort-mark' }, mark));
    return { title: press, label: words, sort: /** @type {'ascending' | 'descending' | 'none'} */ (now ? order : 'none') };
  }
  /** The head to give the focus back to once the table is drawn anew. */
  let refocus = '';

  /** @param {CreatorRows} rows @param {number} page */
  function draw(rows, page) {
    const has = (/** @type {string} */ name) => network.columns.some((column) => column.name === name);
    const priced = network.currency !== null || has('price');
    const niche = has('niche') || rows.rows.some((one) => one.niche);
    const platform = has('platform') || rows.rows.some((one) => one.platform);
    const unit = network.currency ? `, ${network.currency}` : '';
    // The head says the currency; a price in another says it itself.
    const other = (/** @type {string | null} */ currency) => (currency === network.currency ? null : currency);
    const heads = [
      { ...sorter('id', 'Creator', true), kind: 'lead' },
      niche && { ...sorter('niche', 'Niche', true), kind: 'brief' },
      platform && { ...sorter('platform', 'Platform', true), kind: 'brief' },
      { title: 'Tier', kind: 'brief' },
      { ...sorter('followers', 'Followers'), kind: 'number' },
      { ...sorter('reach', 'People reached'), kind: 'number' },
      priced && { ...sorter('price', `Price${unit}`), kind: 'number' },
      priced && { ...sorter('per_person', `Per person${unit}`), kind: 'number' },
      { title: h('span', { class: 'hidden-words' }, 'Plan'), kind: 'act' },
    ].filter((head) => head !== false);
    const list = grid('Creators with the people that a post of each reaches; intervals hold 95 of 100 times', heads);
    const why = board.value.ready ? undefined : 'people are still being drawn';
    for (const one of rows.rows) {
      list.body.append(list.row([
        person(one),
        ...(niche ? [one.niche ? h('bdi', null, one.niche) : missing('no niche is given')] : []),
        ...(platform ? [one.platform ? h('bdi', null, one.platform) : missing('no platform is given')] : []),
        one.tier,
        typeof one.followers === 'number' ? count(one.followers) : missing(WITHHELD),
        people(one.reach, why),
        ...(priced ? [paid(one.price, other(one.currency), 'no price is given'), paid(one.per_person, other(one.currency), one.price === null ? 'no price is given' : 'the people reached are not known')] : []),
        toggle(one, signal),
      ]));
    }
    const pages = Math.max(1, Math.ceil(rows.total / PAGE));
    const first = rows.rows.length === 0 ? 0 : rows.offset + 1;
    found.textContent = rows.total === 0 ? '' : `${count(first)}–${count(rows.offset + rows.rows.length)} of ${several(rows.total, 'creator')}`;
    const go = (/** @type {number} */ to) => {
      change({ page: to > 1 ? String(to) : '' }, true);
      root.querySelector('h1')?.scrollIntoView({ block: 'start' });
    };
    const status = reachStatus(network);
    fill(
      table,
      rows.total === 0 ? h('p', { class: 'empty' }, 'No creator meets all of this. Take a filter away, or search for another name.')
        : rows.rows.length === 0 ? h('p', { class: 'empty' }, 'The list ends before this page. ', button('To the first page', () => go(1), { class: 'quiet' })) : list.element,
      rows.rows.length > 0 && h('p', { class: 'soft table-note' }, 'People reached: by a post of each, ', status && badge(status), ', with an interval that holds 95 of 100 times.'),
      pages > 1 && rows.rows.length > 0 && h(
        'nav', { class: 'pages', 'aria-label': 'Pages' },
        button('Previous', () => go(page - 1), { disabled: page <= 1 }),
        h('span', null, `Page ${count(page)} of ${count(pages)}`),
        button('Next', () => go(page + 1), { disabled: page >= pages }),
      ),
    );
    if (refocus) {
      /** @type {HTMLElement | null} */ (table.querySelector(`[data-sort="${CSS.escape(refocus)}"]`))?.focus();
      refocus = '';
    }
  }

  void load();
  // Reach is there once the people are drawn.
  board.watch((now) => {
    if (now.ready && last && last.rows.some((one) => one.reach === null)) void load();
  }, signal);
  signal.addEventListener('abort', () => asking.abort(), { once: true });
}
