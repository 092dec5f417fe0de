// A plan under limits: the engine chooses, within a budget and what the client insists on.

import { button, fill, h } from '../dom.js';
import { several } from '../format.js';
import { take } from '../state/portfolio.js';
import { say } from '../announce.js';
import { capital } from '../words.js';
import { chooser } from './chooser.js';
import { groups, labelled, moneyField } from './filters.js';
import { verb } from './verb.js';
import { work } from './work.js';

/** @typedef {import('../types.js').VerbResult} VerbResult */

/** @param {import('../types.js').Context} context */
export function limits({ network, signal }) {
  const columns = groups(network);
  const money = network.currency !== null ? moneyField('Budget', network.currency) : null;
  const number = h('input', { type: 'number', class: 'field', min: 1, max: 500, step: 1, inputmode: 'numeric', value: 10 });
  const only = columns.filter((column) => ['niche', 'platform', 'tier'].includes(column.name)).map((column) => ({
    column, select: h('select', { class: 'field' }, h('option', { value: '' }, 'Any'), column.values.map((value) => h('option', { value }, value))),
  }));
  const must = chooser('Must be in it', signal);
  const never = chooser('Must not be in it', signal);
  const rules = h('div', { class: 'rules' });

  /** A rule: at most, or at least, so many of a group. */
  function addRule() {
    const kind = h('select', { class: 'field', 'aria-label': 'Kind of rule' }, h('option', { value: 'at_most' }, 'at most'), h('option', { value: 'at_least' }, 'at least'));
    const n = h('input', { type: 'number', class: 'field', min: 0, step: 1, value: 1, 'aria-label': 'How many' });
    const group = h('select', { class: 'field', 'aria-label': 'Group' }, columns.map((column) => h('optgroup', { label: capital(column.name) }, column.values.map((value) => h('option', { value: `${column.name}=${value}` }, `${column.name} ${value}`)))));
    const line = h('div', { class: 'rule', role: 'group', 'aria-label': 'Rule' }, kind, n, group, button('×', () => {
      line.remove();
      more.focus();
    }, { class: 'chosen-remove', 'aria-label': 'Take this rule away' }));
    rules.append(line);
    kind.focus();
  }
  const more = button('Add a rule', addRule, { class: 'quiet small' });
  const missing = h('p', { class: 'alarm', role: 'alert', hidden: true });

  /** @returns {Record<string, unknown> | null} */
  function parameters() {
    missing.hidden = true;
    /** @type {Record<string, unknown>} */
    const body = {};
    if (money && money.field.value !== '') body.budget = Number(money.field.value);
    if (number.value !== '') body.count = Math.round(Number(number.value));
    if (body.budget === undefined && body.count === undefined) {
      missing.textContent = money ? 'Give a budget, a number of creators, or both.' : 'Give a number of creators.';
      missing.hidden = false;
      number.focus();
      return null;
    }
    const where = only.filter(({ select }) => select.value).map(({ column, select }) => `${column.name}=${select.value}`);
    if (where.length > 0) body.where = where;
    if (must.ids().length > 0) body.must = must.ids();
    if (never.ids().length > 0) body.never = never.ids();
    for (const line of rules.children) {
      const [kind, n, group] = /** @type {(HTMLSelectElement | HTMLInputElement)[]} */ ([...line.querySelectorAll('select, input')]);
      if (!kind || !n || !group || n.value === '') continue;
      const list = /** @type {string[]} */ (body[kind.value] ?? []);
      body[kind.value] = [...list, `${group.value}:${n.value}`];
    }
    return body;
  }

  const form = h('div', null,
    h('div', { class: 'fields' }, money?.element, labelled('Creators at most', number), only.map(({ column, select }) => labelled(`Only ${column.name}`, select))),
    h('details', { class: 'filters-more' }, h('summary', null, 'Must, must not, and rules'),
      h('div', { class: 'fields fields-wide' }, must.element, never.element), columns.length > 0 && [rules, more]),
    missing);
  const piece = work({ key: 'plan', kind: 'plan', start: 'Find the best plan', signal, form, parameters, show: (job) => answer(/** @type {VerbResult} */ (job.result), network.currency, signal) });
  return h('section', { class: 'panel', 'aria-label': 'Plan under limits' }, h('h2', null, 'Plan under limits'),
    h('p', { class: 'soft' }, 'The program chooses the creators who together reach most people, and says how much better any other choice could be.'), piece.element);
}

/**
 * @param {VerbResult} result
 * @param {string | null} currency
 * @param {AbortSignal} signal
 */
function answer(result, currency, signal) {
  const creators = chosen(result);
  const out = h('div');
  fill(out,
    creators.length > 0 && h('p', { class: 'answer-act' }, button('Take this plan', () => {
      take(creators.map((id) => ({ id, name: null })));
      say(`Plan of ${several(creators.length, 'creator')} taken`);
    }, { class: 'primary' }), h('span', { class: 'soft' }, several(creators.length, 'creator'))),
    verb(result, { caption: 'Best plan under these limits', currency, signal }));
  return out;
}

/** Who is in the plan that the engine found. @param {VerbResult} result */
export function chosen(result) {
  const table = result.tables.find((one) => one.columns.some((column) => column.key === 'creator'));
  return (table?.rows ?? []).map((row) => row.creator).filter((id) => typeof id === 'string' || typeof id === 'number').map(String);
}
