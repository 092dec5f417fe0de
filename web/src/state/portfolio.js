// The chosen creators. They are kept for each network in this browser, so that a reload keeps them; their figures are
// asked for at every change, and the answer to an older question never replaces that to a newer one.

import { Refusal, ask, dropped, patiently } from '../api.js';
import { whenDrawn } from './board.js';
import { Watched } from './watched.js';

/** @typedef {{id: string, name: string | null}} Chosen */
/** @typedef {import('../types.js').PortfolioResult} Result */
/**
 * @typedef {object} State
 * @property {Chosen[]} chosen
 * @property {Result | null} result figures of the last answer, kept on show while a newer one is awaited
 * @property {boolean} busy
 * @property {Refusal | null} error
 * @property {import('../types.js').Board | null} progress of drawing people, while that is what is awaited
 */

/** The program answers for no more. */
export const MOST = 500;

/** @type {Watched<State>} */
export const portfolio = new Watched(/** @type {State} */ ({ chosen: [], result: null, busy: false, error: null, progress: null }));

/** @type {Chosen[][]} */
const past = [];
let place = '';
let asking = new AbortController();

/** Takes up what was chosen in this network before. @param {string} checksum */
export function open(checksum) {
  place = `truereach:plan:${checksum}`;
  change(read());
  // Another tab of the same network shows the same plan.
  addEventListener('storage', (event) => {
    if (event.key === place) change(read());
  });
}

/** @returns {Chosen[]} */
function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? '[]');
    if (!Array.isArray(kept)) return [];
    return kept.filter((one) => typeof one?.id === 'string').map((one) => ({ id: one.id, name: typeof one.name === 'string' ? one.name : null })).slice(0, MOST);
  } catch {
    return [];
  }
}

/** @param {string} id */
export const has = (id) => portfolio.value.chosen.some((one) => one.id === id);

/** @param {Chosen} one @returns {boolean} whether there was room for it */
export function add(one) {
  if (has(one.id)) return true;
  if (portfolio.value.chosen.length >= MOST) return false;
  step([...portfolio.value.chosen, { id: one.id, name: one.name }]);
  return true;
}

/** @param {string} id */
export const remove = (id) => step(portfolio.value.chosen.filter((one) => one.id !== id));

/** Puts a plan in place of the chosen ones. @param {Chosen[]} plan */
export const take = (plan) => step(plan.slice(0, MOST));

/** Takes the last step back. */
export function undo() {
  const before = past.pop();
  if (before) change(before, true);
}

/** Whether there is a step to take back. */
export const undoable = () => past.length > 0;

/** @param {Chosen[]} chosen */
function step(chosen) {
  past.push(portfolio.value.chosen);
  if (past.length > 50) past.shift();
  change(chosen, true);
}

/**
 * @param {Chosen[]} chosen
 * @param {boolean} [keep]
 */
function change(chosen, keep = false) {
  if (keep) {
    try {
      localStorage.setItem(place, JSON.stringify(chosen));
    } catch {
      // A browser that keeps nothing still shows the plan until it is closed.
    }
  }
  portfolio.set({ ...portfolio.value, chosen });
  void refresh();
}

/** Asks for the figures of the chosen creators. */
export async function refresh() {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const { chosen } = portfolio.value;
  if (chosen.length === 0) {
    portfolio.set({ chosen, result: null, busy: false, error: null, progress: null });
    return;
  }
  portfolio.set({ ...portfolio.value, busy: true, error: null });
  const body = { creators: chosen.map((one) => one.id) };
  try {
    const meanwhile = (/** @type {import('../types.js').Board | null} */ progress) => portfolio.set({ ...portfolio.value, progress });
    await whenDrawn('ready', signal, meanwhile);
    const result = await patiently(
      () => /** @type {Promise<Result>} */ (ask('/api/portfolio', { method: 'POST', body, signal })),
      signal,
      meanwhile,
    );
    if (!signal.aborted) portfolio.set({ chosen, result, busy: false, error: null, progress: null });
  } catch (error) {
    if (dropped(error) || signal.aborted) return;
    const refusal = error instanceof Refusal ? error : new Refusal(0, String(error), null, null);
    // Figures of other creators than those on show would mislead.
    portfolio.set({ chosen, result: null, busy: false, error: refusal, progress: null });
  }
}
