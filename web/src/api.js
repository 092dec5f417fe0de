// Every request to the program goes through here: one kind of error, with a sentence and perhaps a hint.

/** A refusal by the program, or no answer at all (status 0). */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} sentence
   * @param {string | null} hint
   * @param {import('./types.js').Board | null} progress
   */
  constructor(status, sentence, hint, progress) {
    super(sentence);
    this.status = status;
    this.hint = hint;
    this.progress = progress;
  }
}

/** @type {Set<() => void>} */
const onDenied = new Set();
/** Calls `act` once the program no longer knows this page. @param {() => void} act */
export const whenDenied = (act) => onDenied.add(act);

/** Whether an error only says that the question was dropped. @param {unknown} error */
export const dropped = (error) => error instanceof DOMException && error.name === 'AbortError';

/**
 * @template T
 * @param {string} path
 * @param {{method?: string, body?: unknown, signal?: AbortSignal}} [options]
 * @returns {Promise<T>}
 */
export async function ask(path, { method = 'GET', body, signal } = {}) {
  /** @type {RequestInit} */
  const request = { method, signal: signal ?? null, cache: 'no-store', credentials: 'same-origin', headers: { Accept: 'application/json' } };
  if (body !== undefined) {
    request.body = JSON.stringify(body);
    request.headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
  }
  let response;
  try {
    response = await fetch(path, request);
  } catch (error) {
    if (dropped(error)) throw error;
    throw new Refusal(0, 'The program does not answer.', 'Is it still running? Start it again and open the address that it prints.', null);
  }
  const text = await response.text();
  let said;
  try {
    said = text ? JSON.parse(text) : null;
  } catch {
    said = null;
  }
  if (response.ok) return said;
  if (response.status === 401) for (const act of onDenied) act();
  throw new Refusal(response.status, said?.error ?? `The program refused (${response.status}).`, said?.hint ?? null, said?.progress ?? null);
}

/**
 * Asks again for as long as the program is still drawing people.
 * @template T
 * @param {() => Promise<T>} question
 * @param {AbortSignal} signal
 * @param {(progress: import('./types.js').Board | null) => void} [meanwhile]
 * @returns {Promise<T>}
 */
export async function patiently(question, signal, meanwhile) {
  for (;;) {
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 503) throw error;
      meanwhile?.(error.progress);
      await pause(700, signal);
    }
  }
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('dropped', 'AbortError'));
    }, { once: true });
  });
}
