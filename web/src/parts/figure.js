// Figures with their intervals, and what stands where there is none.

import { h, shape, unseen } from '../dom.js';
import { WITHHELD, known, money, number, range } from '../format.js';

/** @typedef {import('../types.js').Figure} Figure */

/** A dash that says why nothing stands there. @param {string} why */
export const missing = (why) => h('span', { class: 'missing', title: why }, h('span', { 'aria-hidden': 'true' }, '–'), unseen(why));

/**
 * "1,250 (1,221–1,280)".
 * @param {Figure | null | undefined} figure
 * @param {string} [why] nothing is known, if nothing is
 */
export function people(figure, why = WITHHELD) {
  if (!known(figure)) return missing(why);
  const said = h('span', { class: 'figure' }, h('span', { class: 'figure-main' }, number(figure.people)));
  if (figure.low !== null && figure.high !== null) {
    said.append(' ', h('span', { class: 'interval' }, `(${range(figure.low, figure.high)})`));
  }
  return said;
}

/**
 * @param {number | null | undefined} value
 * @param {string} why
 * @param {(value: number) => string} [said]
 */
export const plainly = (value, why, said = number) => (typeof value === 'number' ? h('span', { class: 'figure-main' }, said(value)) : missing(why));

/**
 * @param {number | null | undefined} value
 * @param {string | null | undefined} currency
 * @param {string} why
 */
export const paid = (value, currency, why) => (typeof value === 'number' ? h('span', { class: 'figure-main' }, money(value, currency)) : missing(why));

/**
 * A small drawing of a figure in its interval, on a scale that its column shares. The figures beside it say the same, so
 * it is left out for those who listen.
 * @param {Figure} figure
 * @param {number} most right end of the scale
 */
export function bar(figure, most) {
  const drawing = shape('svg', { class: 'bar', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true', focusable: 'false' });
  if (!known(figure) || most <= 0) return drawing;
  const at = (/** @type {number} */ value) => Math.max(0, Math.min(100, (100 * value) / most));
  const low = at(figure.low ?? figure.people);
  const high = at(figure.high ?? figure.people);
  drawing.append(
    shape('rect', { class: 'bar-base', x: 0, y: 4, width: 100, height: 2 }),
    shape('rect', { class: 'bar-fill', x: 0, y: 2, width: at(figure.people), height: 6 }),
    shape('rect', { class: 'bar-range', x: low, y: 4, width: Math.max(0.8, high - low), height: 2 }),
  );
  return drawing;
}

/**
 * How the reach of a creator is known in this network.
 * @param {import('../types.js').Network} network
 */
export const reachStatus = (network) => network.uses.find((use) => use.figure.startsWith('reach of the next post'))?.status ?? null;

/** Marks what is not measured. @param {string} status */
export function badge(status) {
  const about = {
    assumed: 'rests on assumptions that are listed under Data',
    estimated: 'estimated from the data',
    measured: 'counted in the data',
    bounded: 'known to lie between two ends',
  }[status];
  return h('span', { class: `badge badge-${status.replace(/[^a-z]+/g, '-')}`, title: about }, status);
}
