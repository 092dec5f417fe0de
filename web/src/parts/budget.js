// Reach for every budget: a slider along the frontier. Each place on it is the plan that reaches most people for its
// money, or for its number of creators where there are no prices.

import { button, fill, fresh, h } from '../dom.js';
import { count, figureWords, known, money, several } from '../format.js';
import { ask, dropped } from '../api.js';
import { portfolio, take } from '../state/portfolio.js';
import { ended, start } from '../state/jobs.js';
import { say } from '../announce.js';
import { frontierChart } from './chart.js';
import { people } from './figure.js';
import { chosen } from './limits.js';
import { refusal } from './refusal.js';
import { labelled, moneyField } from './filters.js';
import { person } from './person.js';
import { scroller } from './scroller.js';
import { assumed, notesList } from './verb.js';
import { work } from './work.js';

/** @typedef {import('../types.js').Frontier} Frontier */
/** @typedef {import('../types.js').Point} Point */

/** Where the slider was left, so that going elsewhere and back keeps it. @type {Map<string, number>} */
const left = new Map();

/** @param {import('../types.js').Context} context */
export function budget({ network, signal }) {
  const priced = network.currency !== null;
  const most = priced ? moneyField('Budget up to', network.currency, { placeholder: 'none: by number alone' }) : null;
  const number = h('input', { type: 'number', class: 'field', min: 1, max: 500, step: 1, inputmode: 'numeric', value: 20 });
  if (most) void proposed(signal).then((sum) => {
    if (sum && most.field.value === '') most.set(sum);
  });
  const form = h('div', { class: 'fields' }, most?.element, labelled('Creators at most', number));
  const piece = work({
    key: 'frontier', kind: 'frontier', start: 'Draw the frontier', signal, form,
    parameters: () => ({
      ...(most && most.field.value !== '' ? { budget: Number(most.field.value) } : {}),
      ...(number.value !== '' ? { count: Math.round(Number(number.value)) } : {}),
      steps: 20,
    }),
    show: (job) => slider(/** @type {Frontier} */ (job.result), job.id, signal, Number(number.value) || null),
  });
  return h('section', { class: 'panel', 'aria-label': 'Budget' },
    h('h2', null, 'Budget'),
    h('p', { class: 'soft' }, priced ? 'How many people the best plan reaches for every budget. Move along it, then take the plan you like.' : 'How many people the best plan reaches for every number of creators. Move along it, then take the plan you like.'),
    piece.element);
}

/**
 * A budget to begin with: twice what the plan costs, once it is one; else what the ten most followed ask.
 * @param {AbortSignal} signal
 */
async function proposed(signal) {
  const { chosen: members, result } = portfolio.value;
  const cost = members.length > 2 ? result?.cost : null;
  const round = (/** @type {number} */ sum) => Number(sum.toPrecision(2));
  if (cost) return round(cost * 2);
  try {
    const { rows } = /** @type {import('../types.js').CreatorRows} */ (await ask('/api/creators?sort=followers&order=descending&limit=10', { signal }));
    return round(rows.reduce((sum, one) => sum + (one.price ?? 0), 0));
  } catch {
    return 0;
  }
}

/**
 * @param {Frontier} frontier
 * @param {string} job
 * @param {AbortSignal} signal
 * @param {number | null} limit of creators that the frontier was drawn with
 */
function slider(frontier, job, signal, limit) {
  const { points } = frontier;
  if (points.length === 0) return h('p', { class: 'empty' }, 'No plan fits within these limits.');
  const knee = points.findIndex((point) => point.knee);
  const at = Math.min(points.length - 1, left.get(job) ?? (knee >= 0 ? knee : points.length - 1));
  const spent = (/** @type {Point} */ point) => (frontier.by === 'money' ? money(point.cost ?? point.size, frontier.currency) : several(point.size, 'creator'));
  /** How many creators it has, if that is told. @param {Point} point */
  const heads = (point) => point.creators?.length ?? (frontier.by === 'count' ? point.size : null);
  /** "7 creators", where the money is what stands first. @param {Point} point */
  const crowd = (point) => (frontier.by === 'money' && heads(point) !== null ? several(heads(point) ?? 0, 'creator') : '');
  const id = fresh('budget');
  const input = h('input', { type: 'range', id, min: 0, max: points.length - 1, step: 1, value: at, class: 'slider' });
  const panel = h('div', { class: 'point' });
  const chart = frontierChart(frontier, (index) => {
    input.value = String(index);
    move();
  }, signal);

  function move() {
    const index = Number(input.value);
    const point = points[index];
    if (!point) return;
    left.set(job, index);
    const words = `${[spent(point), crowd(point)].filter(Boolean).join(', ')}: ${figureWords(point.reach)} people${point.knee ? '; the knee: more brings less and less from here' : ''}`;
    input.setAttribute('aria-valuetext', words);
    chart.mark(index);
    const creators = point.creators ?? [];
    const listed = creators.slice(0, 8);
    fill(
      panel,
      h('p', { class: 'point-spent' }, spent(point), point.knee && h('span', { class: 'badge badge-knee', title: 'from here on, more brings less and less' }, 'knee')),
      h('p', { class: 'point-reach' }, people(point.reach), ' people; interval of the simulation alone'),
      h('p', { class: 'soft' }, [frontier.by === 'money' ? crowd(point) : point.cost !== null ? money(point.cost, frontier.currency) : '',
        known(point.reach) && point.cost !== null && point.reach.people > 0 ? `${money(point.cost / point.reach.people, frontier.currency)} per person` : ''].filter(Boolean).join(' · ')),
      listed.length > 0 && h('ul', { class: 'point-list' }, listed.map((creator) => h('li', null, person({ id: creator }))), creators.length > listed.length && h('li', { class: 'soft' }, `and ${count(creators.length - listed.length)} more`)),
      taker(point, words),
    );
  }
  input.addEventListener('input', move);

  /** Puts the creators of a point into the plan; where the point does not say who they are, the program is asked. @param {Point} point @param {string} words */
  function taker(point, words) {
    const out = h('div', { class: 'taker' });
    const have = (/** @type {string[]} */ creators) => {
      take(creators.map((creator) => ({ id: creator, name: null })));
      say(`Plan taken: ${words}`);
    };
    if (point.creators) return button('Take this plan', () => have(point.creators ?? []), { class: 'primary' });
    const act = button('Take this plan', async () => {
      act.disabled = true;
      try {
        const parameters = frontier.by === 'money' ? { budget: point.size, ...(limit ? { count: limit } : {}) } : { count: point.size };
        const id = await start('plan', parameters, { key: `point ${job} ${point.size}`, label: `Plan for ${spent(point)}`, hash: location.hash });
        const done = await ended(id, signal);
        if (done.state === 'done') have(chosen(/** @type {import('../types.js').VerbResult} */ (done.result)));
        else fill(out, h('p', { class: 'alarm' }, done.error ?? 'Cancelled: the plan is as it was.'));
      } catch (error) {
        if (!dropped(error)) fill(out, refusal(error));
      }
      act.disabled = false;
    }, { class: 'primary' });
    out.append(act);
    return out;
  }
  const table = h('table', { class: 'plain-table' },
    h('caption', { class: 'hidden-words' }, 'The frontier, point by point'),
    h('thead', null, h('tr', null, [frontier.by === 'money' ? 'Cost' : 'Creators', frontier.by === 'money' && points.some(heads) ? 'Creators' : '', 'People reached'].filter(Boolean).map((word) => h('th', { scope: 'col', class: 'number' }, word)))),
    h('tbody', null, points.map((point) => h('tr', null,
      h('th', { scope: 'row', class: 'number' }, spent(point), point.knee && ' (knee)'),
      frontier.by === 'money' && points.some(heads) && h('td', { class: 'number' }, String(heads(point) ?? '–')),
      h('td', { class: 'number' }, people(point.reach))))));
  const view = h('div', { class: 'frontier' },
    h('div', { class: 'frontier-left' }, chart.element, h('label', { for: id, class: 'label' }, frontier.by === 'money' ? 'Budget' : 'Number of creators'), input,
      h('div', { class: 'slider-ends', 'aria-hidden': 'true' }, h('span', null, spent(/** @type {Point} */ (points[0]))), h('span', null, spent(/** @type {Point} */ (points[points.length - 1]))))),
    panel);
  move();
  return h('div', null, view, h('details', { class: 'as-table' }, h('summary', null, 'The same as a table'), scroller('The frontier, point by point', table)), frontier.unmet && h('p', { class: 'unmet' }, frontier.unmet), notesList(frontier.notes ?? []), assumed(frontier.assumptions ?? []));
}
