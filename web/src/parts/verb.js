// The answer of the engine to a piece of work: pictures, tables, notes and assumptions.

import { button, fill, h } from '../dom.js';
import { money, number, percent, range } from '../format.js';
import { capital, plain } from '../words.js';
import { badge, missing } from './figure.js';
import { person } from './person.js';
import { picture } from './picture.js';
import { scroller } from './scroller.js';

/** @typedef {import('../types.js').VerbResult} VerbResult */
/** @typedef {import('../types.js').Table} Table */
/** @typedef {import('../types.js').TableColumn} TableColumn */
/** @typedef {import('../types.js').Row} Row */

/** A table longer than this is shown in parts. */
const PART = 25;

/** Titles of tables, by the last word of their schema. @type {Record<string, string>} */
const TITLES = { influence: 'Way to real reach', risk: 'What each creator could cost', select: 'The plan', overlap: 'Shared followers' };

/**
 * @param {VerbResult} result
 * @param {{caption: string, currency: string | null, signal: AbortSignal}} options
 */
export function verb(result, { caption, currency, signal }) {
  const tables = result.tables ?? [];
  const notes = unique([...(result.notes ?? []), ...tables.flatMap((table) => table.notes ?? [])]);
  const assumptions = unique(tables.flatMap((table) => table.assumptions ?? []));
  return h(
    'div',
    { class: 'verb' },
    result.unmet && h('p', { class: 'unmet' }, h('strong', null, 'Not all of it could be met: '), plain(result.unmet)),
    tables.map((table) => [
      table.picture && picture(table.picture, caption, signal),
      whole(table, tables.length > 1 ? `${caption}: ${TITLES[table.schema?.split(/[./]/).pop() ?? ''] ?? table.schema}` : caption, currency, !!table.picture),
    ]),
    notesList(notes),
    assumed(assumptions),
  );
}

/** @param {string[]} notes */
export const notesList = (notes) => (notes.length === 0 ? null : h('ul', { class: 'notes' }, notes.map((note) => h('li', null, capital(plain(note))))));

/** @param {string[]} assumptions */
export function assumed(assumptions) {
  if (assumptions.length === 0) return null;
  return h(
    'details',
    { class: 'assumed' },
    h('summary', null, badge('assumed'), ` What this rests on (${assumptions.length})`),
    h('ul', { class: 'notes' }, assumptions.map((one) => h('li', null, capital(plain(one))))),
  );
}

/** @param {string[]} all */
const unique = (all) => [...new Set(all)];

/**
 * @param {Table} table
 * @param {string} caption
 * @param {string | null} currency
 * @param {boolean} folded the picture says it already
 */
function whole(table, caption, currency, folded) {
  if (table.rows.length === 0) return folded ? null : h('p', { class: 'empty' }, 'The answer has no rows.');
  const columns = merged(table);
  const body = h('tbody');
  const element = h(
    'table',
    { class: 'plain-table' },
    h('caption', { class: 'hidden-words' }, caption),
    h('thead', null, h('tr', null, columns.map(({ column }) => h('th', { scope: 'col', title: column.about || null, class: numeric(column, table.rows) ? 'number' : null }, capital(plain(column.title)))))),
    body,
  );
  const more = h('div', { class: 'more' });
  let shown = 0;
  const grow = (/** @type {number} */ by) => {
    const part = table.rows.slice(shown, shown + by);
    shown += part.length;
    body.append(...part.map((row) => line(row, columns, currency, table.rows)));
    const left = table.rows.length - shown;
    fill(more, left > 0 && button(`Show ${Math.min(left, 200)} more of ${left}`, () => grow(200), { class: 'quiet' }));
  };
  grow(PART);
  const meaning = columns.filter(({ column }) => column.about);
  const content = [
    scroller(caption, element),
    more,
    meaning.length > 0 && h('details', { class: 'meaning' }, h('summary', null, 'What the columns mean'),
      h('dl', null, meaning.map(({ column }) => [h('dt', null, capital(plain(column.title))), h('dd', null, capital(plain(column.about)))]))),
  ];
  return folded ? h('details', { class: 'as-table' }, h('summary', null, 'The same as a table'), content) : h('div', null, content);
}

/**
 * The columns to show: those that hold something, an interval beside what it is the interval of.
 * @param {Table} table
 * @returns {{column: TableColumn, interval: string | null}[]}
 */
function merged(table) {
  /** @type {{column: TableColumn, interval: string | null}[]} */
  const shown = [];
  for (const column of table.columns) {
    const holds = table.rows.some((row) => (column.range ? row[`${column.key}_low`] : row[column.key]) != null);
    if (!holds) continue;
    const before = shown[shown.length - 1];
    if (column.range && before && !before.column.range && before.interval === null && (column.key === 'interval' || column.key === `${before.column.key}_interval`)) {
      before.interval = column.key;
    } else {
      shown.push({ column, interval: null });
    }
  }
  return shown;
}

/** @param {TableColumn} column @param {Row[]} rows */
const numeric = (column, rows) => column.range || rows.some((row) => typeof row[column.key] === 'number');

/**
 * @param {Row} row
 * @param {{column: TableColumn, interval: string | null}[]} columns
 * @param {string | null} currency
 * @param {Row[]} rows
 */
function line(row, columns, currency, rows) {
  return h('tr', null, columns.map(({ column, interval }, at) => {
    const attributes = { class: numeric(column, rows) ? 'number' : null };
    const cell = column.range ? ends(row, column.key, column, currency) : value(row[column.key], column, currency);
    const beside = interval && row[`${interval}_low`] != null ? h('span', { class: 'interval' }, ' (', ends(row, interval, column, currency), ')') : null;
    return at === 0 ? h('th', { ...attributes, scope: 'row' }, cell, beside) : h('td', attributes, cell, beside);
  }));
}

/**
 * @param {unknown} held
 * @param {TableColumn} column
 * @param {string | null} currency
 */
function value(held, column, currency) {
  if (held === null || held === undefined || held === '') return missing('nothing is known, or the data cannot carry it');
  if (typeof held === 'number') return said(held, column, currency);
  const text = String(held);
  if (column.key === 'creator' || column.key === 'other') return /^(all|all together|total)$/.test(text) ? h('strong', null, capital(text)) : person({ id: text });
  if (column.key === 'status') return badge(text);
  return h('bdi', { class: 'name', title: text.length > 24 ? text : null }, text);
}

/** @param {number} held @param {TableColumn} column @param {string | null} currency */
function said(held, column, currency) {
  if (column.unit === 'share' || column.unit === 'chance') return percent(held);
  if (column.unit === 'currency' || (currency && column.unit === currency)) return money(held, currency);
  return number(held);
}

/** @param {Row} row @param {string} key @param {TableColumn} column @param {string | null} currency */
function ends(row, key, column, currency) {
  const low = row[`${key}_low`];
  const high = row[`${key}_high`];
  if (typeof low !== 'number' || typeof high !== 'number') return value(low ?? high, column, currency);
  if (column.unit === 'share' || column.unit === 'chance') return `${said(low, column, currency)}–${said(high, column, currency)}`;
  return range(low, high);
}
