// A section whose content is a piece of work: a button that starts it, how far it is, its answer.

import { Refusal } from '../api.js';
import { say } from '../announce.js';
import { button, fill, h } from '../dom.js';
import { jobs, latest, start, under_way, whole, cancel } from '../state/jobs.js';
import { WORK, capital, plain } from '../words.js';
import { progressBar } from './progress.js';
import { refusal, told } from './refusal.js';

/** @typedef {import('../types.js').Job} Job */

/**
 * @param {object} options
 * @param {string} options.key one answer is kept for each key
 * @param {string} options.kind
 * @param {() => Record<string, unknown> | null} options.parameters nothing, if something is still to be filled in
 * @param {string} options.start words on the button
 * @param {(job: Job) => Node | null} options.show
 * @param {AbortSignal} options.signal
 * @param {string} [options.about] who or what it is about, for the tray
 * @param {Node | null} [options.form] fields that stand above the button
 * @param {boolean} [options.primary]
 */
export function work({ key, kind, parameters, start: words, show, signal, about, form = null, primary = false }) {
  const label = (WORK[kind] ?? kind) + (about ? `: ${about}` : '');
  const out = h('div', { class: 'work-out' });
  const act = button(words, () => void begin(), { class: primary ? 'primary' : null });
  const actions = h('div', { class: 'work-act' }, act);
  const element = h('div', { class: 'work' }, form, actions, out);
  const bar = progressBar(label);
  const phase = h('span', { class: 'work-phase' });
  const stop = button('Cancel', () => id && cancel(id).catch((error) => fill(out, refusal(error))), { class: 'quiet' });
  const running = h('div', { class: 'work-running' }, bar.element, phase, stop);
  /** @type {string | null} */
  let id = null;
  /** The state that is drawn, so that a running bar is moved and not made anew. */
  let drawn = '';

  async function begin() {
    const body = parameters();
    if (!body) return;
    act.disabled = true;
    try {
      id = await start(kind, body, { key, label, hash: location.hash });
      drawn = '';
      look();
    } catch (error) {
      act.disabled = false;
      fill(out, refusal(error, error instanceof Refusal && (error.status === 0 || error.status === 429) ? () => void begin() : undefined));
    }
  }

  function look() {
    const job = id ? jobs.value.get(id) : latest(key);
    if (!job) return;
    id = job.id;
    if (under_way(job)) {
      bar.move(job.done, job.total);
      phase.textContent = job.phase ? capital(plain(job.phase)) : 'Waiting its turn';
    }
    const state = `${job.id} ${under_way(job) ? 'running' : job.state}`;
    if (state === drawn) return;
    drawn = state;
    act.disabled = under_way(job);
    act.textContent = job.state === 'done' ? 'Work it out again' : words;
    if (job.state === 'done') act.classList.remove('primary');
    act.classList.toggle('quiet', job.state === 'done');
    out.setAttribute('aria-busy', String(under_way(job)));
    if (under_way(job)) fill(out, running);
    else if (job.state === 'failed') fill(out, told(job.error ?? 'It failed.', job.hint, () => void begin()));
    else if (job.state === 'cancelled') fill(out, h('p', { class: 'empty' }, 'Cancelled. Nothing was changed.'));
    else void finish(job.id);
  }

  /** @param {string} done */
  async function finish(done) {
    try {
      const job = await whole(done, signal);
      if (signal.aborted || id !== done) return;
      fill(out, show(job));
      say(`${label}: done`);
    } catch (error) {
      if (!signal.aborted) fill(out, refusal(error));
    }
  }

  jobs.watch(look, signal);
  return { element, begin, /** Takes up what was worked out for these parameters before. */ look };
}
