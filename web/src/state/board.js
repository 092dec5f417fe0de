// Whether the people are drawn yet, without whom there are no figures of reach, and the map after them.

import { ask, pause } from '../api.js';
import { Watched } from './watched.js';

/** @typedef {import('../types.js').Board} Board */
/** @typedef {import('../types.js').Network} Network */
/** @typedef {Board & {map: boolean}} Drawn */

/** @type {Watched<Drawn>} */
export const board = new Watched(/** @type {Drawn} */ ({ ready: false, map: false }));

/** Where a failure is one, asking for the thing itself tells of it. @param {Network} network @returns {Drawn} */
const drawn = ({ board: people, map }) => ({ ...people, map: map.ready || !!map.error });

/** Follows the drawing until all is done. @param {Network} network */
export async function follow(network) {
  board.set(drawn(network));
  while (!(board.value.ready && board.value.map) && !board.value.error) {
    await pause(600);
    try {
      board.set(drawn(/** @type {Network} */ (await ask('/api/network'))));
    } catch {
      await pause(2000);
    }
  }
}

/**
 * Waits for the people, or for the map. To ask before they are there would only be refused.
 * @param {'ready' | 'map'} what
 * @param {AbortSignal} signal
 * @param {(progress: Board) => void} [meanwhile]
 * @returns {Promise<void>}
 */
export async function whenDrawn(what, signal, meanwhile) {
  await board.first((now) => {
    const over = now[what] || !!now.error;
    if (!over) meanwhile?.(now);
    return over;
  }, signal);
}
