// What the program could not do, and what may help.

import { Refusal } from '../api.js';
import { button, h } from '../dom.js';
import { plain } from '../words.js';

/**
 * @param {unknown} error
 * @param {() => void} [again]
 */
export function refusal(error, again) {
  const sentence = error instanceof Error ? error.message : String(error);
  const hint = error instanceof Refusal ? error.hint : null;
  return told(sentence, hint, again);
}

/**
 * @param {string} sentence
 * @param {string | null} hint
 * @param {() => void} [again]
 */
export function told(sentence, hint, again) {
  return h(
    'div',
    { class: 'refusal', role: 'alert' },
    h('p', { class: 'refusal-sentence' }, plain(sentence)),
    hint && h('p', { class: 'refusal-hint' }, plain(hint)),
    again && button('Try again', again, { class: 'quiet' }),
  );
}
