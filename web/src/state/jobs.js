// Pieces of work that take a while. The list is asked for while any is under way; what was started is remembered for
// this tab, so that a reload finds it again.

import { Refusal, ask, pause } from '../api.js';
import { Watched } from './watched.js';

/** @typedef {import('../types.js').Job} Job */
/** What this page knows of a job beyond the program: where it belongs. @typedef {{key: string, label: string, hash: string}} Note */

/** @type {Watched<Map<string, Job>>} */
export const jobs = new Watched(new Map());

const PLACE = 'truereach:jobs';
/** @type {Map<string, Note>} */
const notes = new Map(recall());
let polling = false;

/** @returns {[string, Note][]} */
function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(PLACE) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => Array.isArray(one) && typeof one[1]?.key === 'string') : [];
  } catch {
    return [];
  }
}

function remember() {
  try {
    sessionStorage.setItem(PLACE, JSON.stringify([...notes].slice(-40)));
  } catch {
    // Then a reload forgets which job belongs where, and nothing else.
  }
}

/** @param {Job} job */
export const under_way = (job) => job.state === 'queued' || job.state === 'running';
/** @param {string} id */
export const noteOf = (id) => notes.get(id) ?? null;

/** The newest job of a key, if the program still has it. @param {string} key */
export function latest(key) {
  const ids = [...notes].filter(([, note]) => note.key === key).map(([id]) => id);
  for (const id of ids.reverse()) {
    const job = jobs.value.get(id);
    if (job) return job;
  }
  return null;
}

/** Finds out what is under way, once, when the page opens. */
export async function open() {
  const list = /** @type {{jobs: Job[]}} */ (await ask('/api/jobs'));
  jobs.set(new Map(list.jobs.map((job) => [job.id, job])));
  // The program may have been started anew since: its ids then mean other work.
  for (const [id] of [...notes]) if (!jobs.value.has(id)) notes.delete(id);
  void poll();
}

/**
 * @param {string} kind
 * @param {Record<string, unknown>} parameters
 * @param {Note} note
 * @returns {Promise<string>} its id
 */
export async function start(kind, parameters, note) {
  const { id } = /** @type {{id: string}} */ (await ask('/api/jobs', { method: 'POST', body: { kind, ...parameters } }));
  notes.set(id, note);
  remember();
  put({ id, kind, state: 'queued', phase: null, done: 0, total: null, seconds: 0, error: null, hint: null });
  void poll();
  return id;
}

/** @param {string} id */
export async function cancel(id) {
  try {
    put(/** @type {Job} */ (await ask(`/api/jobs/${encodeURIComponent(id)}`, { method: 'DELETE' })));
  } catch (error) {
    // It ended in the meantime; the next look at the list says how.
    if (!(error instanceof Refusal) || error.status !== 409) throw error;
  }
  void poll();
}

/** A job with its result. @param {string} id @param {AbortSignal} [signal] */
export async function whole(id, signal) {
  const before = jobs.value.get(id);
  if (before && before.result !== undefined && before.result !== null) return before;
  const job = /** @type {Job} */ (await ask(`/api/jobs/${encodeURIComponent(id)}`, signal ? { signal } : {}));
  put(job);
  return job;
}

/**
 * The job once it has ended, with its result. Refused if the program knows it no more, as after a new start.
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<Job>}
 */
export async function ended(id, signal) {
  await jobs.first((all) => {
    const job = all.get(id);
    return !job || !under_way(job);
  }, signal);
  return whole(id, signal);
}

/** A job leaves the tray. @param {string} id */
export function forget(id) {
  hidden.add(id);
  jobs.set(new Map(jobs.value));
}
/** Ended jobs leave the tray. */
export function forgetEnded() {
  for (const job of jobs.value.values()) if (!under_way(job)) hidden.add(job.id);
  jobs.set(new Map(jobs.value));
}
/** @type {Set<string>} */
export const hidden = new Set();

/** @param {Job} job */
function put(job) {
  const before = jobs.value.get(job.id);
  const next = new Map(jobs.value);
  next.set(job.id, { ...job, result: job.result ?? before?.result });
  jobs.set(next);
}

async function poll() {
  if (polling) return;
  polling = true;
  let wait = 150;
  while ([...jobs.value.values()].some(under_way)) {
    await pause(wait);
    wait = Math.min(wait * 1.4, 800);
    try {
      const list = /** @type {{jobs: Job[]}} */ (await ask('/api/jobs'));
      /** @type {Map<string, Job>} */
      const next = new Map(list.jobs.map((job) => [job.id, { ...job, result: jobs.value.get(job.id)?.result }]));
      // One that was started after this list was made is not lost.
      for (const [id, job] of jobs.value) if (!next.has(id) && job.seconds === 0 && under_way(job)) next.set(id, job);
      jobs.set(next);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) break;
      wait = 2000;
    }
  }
  polling = false;
}
