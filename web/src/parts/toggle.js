// The button that puts a creator into the plan, or takes it out again.

import { say } from '../announce.js';
import { button } from '../dom.js';
import { MOST, add, has, portfolio, remove } from '../state/portfolio.js';

/**
 * @param {{id: string, name: string | null}} creator
 * @param {AbortSignal} signal
 * @param {boolean} [long] whether the button says where to
 */
export function toggle(creator, signal, long = false) {
  const shown = creator.name || creator.id;
  const element = button('', () => {
    if (has(creator.id)) remove(creator.id);
    else if (!add(creator)) say(`A plan holds at most ${MOST} creators.`);
  }, { class: 'toggle' });
  portfolio.watch(() => {
    const inside = has(creator.id);
    element.textContent = inside ? (long ? 'Remove from plan' : 'Remove') : long ? 'Add to plan' : 'Add';
    element.setAttribute('aria-label', `${inside ? 'Remove' : 'Add'} ${shown}${inside ? ' from' : ' to'} the plan`);
    element.classList.toggle('is-in', inside);
  }, signal);
  return element;
}
