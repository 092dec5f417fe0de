// Which creators are shown: one choice for each column that has few values, and ends for numbers.

import { fresh, h } from '../dom.js';
import { money } from '../format.js';
import { capital } from '../words.js';

/** @typedef {import('../types.js').Network} Network */

const FIRST = ['niche', 'platform', 'tier'];
const TIERS = ['everyday', 'nano', 'micro', 'macro', 'mega'];

/**
 * Columns of text with at most a hundred values, those that planners ask for first.
 * @param {Network} network
 */
export function groups(network) {
  const columns = network.columns.filter((column) => !column.numeric && (column.values?.length ?? 0) > 1).map((column) => ({ name: column.name, values: column.values ?? [] }));
  if (!columns.some((column) => column.name === 'tier')) columns.push({ name: 'tier', values: TIERS });
  const place = (/** @type {string} */ name) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return columns.sort((a, b) => place(a.name) - place(b.name));
}

/**
 * @param {string} label
 * @param {HTMLElement} field
 * @param {string} [kind]
 */
export function labelled(label, field, kind = '') {
  field.id ||= fresh('field');
  return h('div', { class: `labelled ${kind}` }, h('label', { for: field.id, class: 'label' }, label), field);
}

/**
 * A field for money, which says below how the number is read: nobody counts ten noughts.
 * @param {string} label
 * @param {string | null} currency
 * @param {Record<string, string>} [attributes]
 */
export function moneyField(label, currency, attributes = {}) {
  const said = h('span', { class: 'amount', id: fresh('amount') });
  const field = h('input', { type: 'number', class: 'field', min: 0, step: 'any', inputmode: 'decimal', 'aria-describedby': said.id, ...attributes });
  const tell = () => {
    said.textContent = field.value === '' ? '' : money(Number(field.value), currency);
  };
  field.addEventListener('input', tell);
  const element = labelled(label, field);
  element.append(said);
  /** @param {number} value */
  const set = (value) => {
    field.value = String(value);
    tell();
  };
  return { element, field, set };
}

/**
 * @param {Network} network
 * @param {(name: string) => string | null} kept
 * @param {(name: string, value: string) => void} changed
 */
export function filters(network, kept, changed) {
  const all = groups(network);
  const choice = (/** @type {{name: string, values: string[]}} */ column) => {
    const select = h('select', { class: 'field' }, h('option', { value: '' }, 'All'), column.values.map((value) => h('option', { value }, value)));
    select.value = kept(column.name) ?? '';
    select.addEventListener('change', () => changed(column.name, select.value));
    return labelled(capital(column.name), select);
  };
  const end = (/** @type {string} */ name, /** @type {string} */ label) => {
    const field = h('input', { type: 'number', class: 'field', min: 0, step: 'any', inputmode: 'numeric', value: kept(name) ?? '' });
    field.addEventListener('change', () => changed(name, field.value));
    return labelled(label, field, 'labelled-number');
  };
  const others = all.filter((column) => !FIRST.includes(column.name));
  const numbers = [end('followers>', 'Followers from'), end('followers<', 'Followers to')];
  if (network.currency) numbers.push(end('price<', `Price up to (${network.currency})`));
  return h(
    'div',
    { class: 'filters', role: 'group', 'aria-label': 'Filters' },
    all.filter((column) => FIRST.includes(column.name)).map(choice),
    numbers,
    others.length > 0 && h('details', { class: 'filters-more', open: others.some((column) => kept(column.name)) }, h('summary', null, 'More filters'), h('div', { class: 'filters' }, others.map(choice))),
  );
}

/**
 * Conditions as the program reads them: "niche=beauty", "followers>=1000".
 * @param {Network} network
 * @param {(name: string) => string | null} kept
 */
export function conditions(network, kept) {
  const where = groups(network).filter((column) => kept(column.name)).map((column) => `${column.name}=${kept(column.name)}`);
  for (const [name, column] of /** @type {const} */ ([['followers', 'followers'], ['price', 'price']])) {
    const from = kept(`${name}>`);
    const to = kept(`${name}<`);
    if (from) where.push(`${column}>=${from}`);
    if (to) where.push(`${column}<=${to}`);
  }
  return where;
}
