// The figures of the whole plan. While newer ones are awaited the last stay on show, paler.

import { fill, h } from '../dom.js';
import { count } from '../format.js';
import { badge, missing, paid, people, plainly } from './figure.js';
import { name } from './person.js';

/** @param {import('../types.js').Network} network */
export function totals(network) {
  const list = h('dl', { class: 'totals' });
  const note = h('p', { class: 'soft totals-note' });
  const element = h('section', { class: 'panel totals-panel', 'aria-label': 'Totals of the plan' }, list, note);

  /** @param {import('../state/portfolio.js').State} state */
  function draw({ chosen, result, busy }) {
    element.setAttribute('aria-busy', String(busy));
    if (busy && result) return;
    const why = chosen.length === 0 ? 'the plan is empty' : busy ? 'being counted' : 'not known';
    const one = (/** @type {string} */ term, /** @type {import('../dom.js').Child[]} */ ...said) => h('div', { class: 'total' }, h('dt', null, term), h('dd', null, said));
    const sentence = result?.unpriced.length ? `no price is given for ${result.unpriced.length} of them` : 'no prices are given';
    fill(
      list,
      h('div', { class: 'total total-big' },
        h('dt', null, 'People reached ', result && badge(result.status)),
        h('dd', null, result ? people(result.reach) : missing(why)),
        result?.simulation && h('dd', { class: 'total-note' }, 'simulation alone: ', people({ people: result.reach.people, low: result.simulation.low, high: result.simulation.high }).querySelector('.interval')?.textContent?.slice(1, -1) ?? '')),
      one('Directly, as followers', plainly(result?.direct, result ? 'not known' : why)),
      one('Beyond followers', result ? plainly(result.beyond, network.spread ? 'not known' : 'these data do not show how posts spread beyond followers') : missing(why)),
      one('Different followers', plainly(result?.followers, result ? 'not shown: fewer than ten, or not known' : why, count), result && result.summed !== null && h('span', { class: 'total-note' }, ` of ${count(result.summed)} added up`)),
      network.currency !== null && one('Cost', paid(result?.cost, result?.currency, result ? sentence : why)),
      network.currency !== null && one('Cost per person', paid(result?.per_person, result?.currency, result ? sentence : why)),
    );
    fill(note,
      result && result.unpriced.length > 0 && network.currency !== null && ['Without a price, and left out of the cost: ', result.unpriced.slice(0, 5).map((id, at) => [at > 0 ? ', ' : '', name(id)]).flat(), result.unpriced.length > 5 ? ` and ${result.unpriced.length - 5} more. ` : '. '],
      result && `Judged on ${count(result.people_drawn)} people drawn.`);
  }
  return { element, draw };
}

