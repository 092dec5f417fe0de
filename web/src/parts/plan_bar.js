// The plan so far, at the foot of every page but its own: what an addition changed is seen where it was made.

import { fill, h } from '../dom.js';
import { figureWords, money, several } from '../format.js';
import { portfolio } from '../state/portfolio.js';
import { Watched } from '../state/watched.js';
import { people } from './figure.js';

/** The view that is on show. @type {Watched<string>} */
export const viewing = new Watched('');

/** @param {HTMLElement} place */
export function planBar(place) {
  const look = () => {
    const { chosen, result, busy, error, progress } = portfolio.value;
    place.hidden = chosen.length === 0 || viewing.value === 'portfolio';
    place.setAttribute('aria-busy', String(busy));
    const size = document.getElementById('plan-size');
    if (size) {
      size.hidden = chosen.length === 0;
      size.textContent = String(chosen.length);
      size.setAttribute('aria-label', several(chosen.length, 'creator'));
    }
    if (place.hidden) return;
    const rest = error ? h('span', { class: 'alarm' }, error.message)
      : result ? [h('span', { class: 'plan-bar-reach' }, people(result.reach), ' people'), result.cost !== null && h('span', { class: 'plan-bar-cost' }, money(result.cost, result.currency))]
      : h('span', { class: 'soft' }, progress ? 'People are still being drawn…' : 'Counting people…');
    fill(place, h('span', { class: 'plan-bar-size' }, several(chosen.length, 'creator')), rest, h('a', { class: 'button', href: '#/portfolio' }, 'Open plan'));
  };
  portfolio.watch(look);
  viewing.watch(look);
}

/** The plan in a sentence, said aloud after a change. */
export function planWords() {
  const { chosen, result } = portfolio.value;
  if (chosen.length === 0) return 'The plan is empty.';
  if (!result) return several(chosen.length, 'creator');
  const cost = result.cost !== null ? `, cost ${money(result.cost, result.currency)}` : '';
  return `${several(chosen.length, 'creator')} reach ${figureWords(result.reach)} people${cost}`;
}
