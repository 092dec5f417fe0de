// How far something is.

import { h } from '../dom.js';

/**
 * A bar that can be moved on without being made anew.
 * @param {string} label
 */
export function progressBar(label) {
  const fill = h('span', { class: 'progress-fill' });
  const element = h('span', { class: 'progress', role: 'progressbar', 'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': 100 }, fill);
  /**
   * @param {number | null | undefined} done
   * @param {number | null | undefined} total nothing, if nobody knows how much there is
   * @param {string} [words]
   */
  function move(done, total, words) {
    if (typeof done === 'number' && typeof total === 'number' && total > 0) {
      const part = Math.max(0, Math.min(100, Math.round((100 * done) / total)));
      element.setAttribute('aria-valuenow', String(part));
      element.classList.remove('progress-unknown');
      fill.style.width = `${part}%`;
    } else {
      element.removeAttribute('aria-valuenow');
      element.classList.add('progress-unknown');
      fill.style.width = '';
    }
    if (words) element.setAttribute('aria-valuetext', words);
  }
  move(null, null);
  return { element, move };
}
