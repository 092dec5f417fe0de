// Numbers as people read them. What is missing is never shown as nought.

/** @typedef {import('./types.js').Figure} Figure */

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 });
const cents = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Why a number of people is not there. */
export const WITHHELD = 'not shown: fewer than ten people, or not known';

/** Whole from 100 on, else three digits. @param {number} value */
export const number = (value) => (Math.abs(value) >= 100 ? whole : short).format(value === 0 ? 0 : value);

/** A count, whole whatever its size. @param {number} value */
export const count = (value) => whole.format(value);

/** "1,250 followers", or that they are not shown. @param {number | null | undefined} value */
export const followersWords = (value) => (typeof value === 'number' ? `${count(value)} followers` : 'followers not shown');

/** @param {number} share */
export const percent = (share) => `${short.format(share * 100)}%`;

/**
 * Money with its currency after it; cents only where a single unit is worth showing them.
 * @param {number} value
 * @param {string | null | undefined} currency
 */
export function money(value, currency) {
  const text = Math.abs(value) >= 100 || Number.isInteger(value) ? whole.format(value) : Math.abs(value) >= 0.01 ? cents.format(value) : short.format(value);
  return currency ? `${text} ${currency}` : text;
}

/** "1,221–1,280". @param {number} low @param {number} high */
export const range = (low, high) => `${number(low)}–${number(high)}`;

/** Whether a figure can be shown. @param {Figure | null | undefined} figure @returns {figure is Figure & {people: number}} */
export const known = (figure) => !!figure && typeof figure.people === 'number';

/**
 * A figure in one line of words: "1,250 (1,221–1,280)".
 * @param {Figure | null | undefined} figure
 */
export function figureWords(figure) {
  if (!known(figure)) return 'not known';
  if (figure.low === null || figure.high === null) return number(figure.people);
  return `${number(figure.people)} (${range(figure.low, figure.high)})`;
}

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 1) return 'under 1 s';
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** @param {number} bytes */
export const size = (bytes) => (bytes < 1e6 ? `${whole.format(bytes / 1024)} KB` : `${short.format(bytes / 1048576)} MB`);

/** "1 creator", "3 creators". @param {number} n @param {string} one */
export const several = (n, one) => `${count(n)} ${one}${n === 1 ? '' : 's'}`;
