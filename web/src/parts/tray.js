// The tray of work: what is under way, with a bar and a way to stop it, and what has ended since.

import { button, fill, h } from '../dom.js';
import { duration } from '../format.js';
import { cancel, forget, forgetEnded, hidden, jobs, noteOf, under_way } from '../state/jobs.js';
import { STATE, WORK, capital, plain } from '../words.js';
import { say } from '../announce.js';
import { progressBar } from './progress.js';

/** @typedef {import('../types.js').Job} Job */
/** @typedef {{element: HTMLElement, update: (job: Job) => void}} Line */

/** @param {HTMLElement} place */
export function tray(place) {
  /** @type {Map<string, Line>} */
  const lines = new Map();
  const list = h('ul', { class: 'tray-list' });
  const title = h('span', { class: 'tray-title' });
  const clear = button('Clear', forgetEnded, { class: 'quiet small', 'aria-label': 'Clear what has ended' });
  const fold = h('details', { class: 'tray-fold', open: true }, h('summary', null, title), list);
  fill(place, fold, clear);
  // Work that ended before this page was opened is no news.
  for (const job of jobs.value.values()) if (!under_way(job)) hidden.add(job.id);
  /** @type {Map<string, string>} */
  const states = new Map();

  jobs.watch((all) => {
    const shown = [...all.values()].filter((job) => !hidden.has(job.id));
    const active = shown.filter(under_way).length;
    place.hidden = shown.length === 0;
    clear.hidden = active === shown.length;
    title.textContent = active > 0 ? `Working on ${active} of ${shown.length}` : `${shown.length} finished`;
    for (const job of shown) {
      let line = lines.get(job.id);
      if (!line) {
        line = one(job);
        lines.set(job.id, line);
        list.prepend(line.element);
      }
      line.update(job);
      if (states.get(job.id) !== job.state) {
        states.set(job.id, job.state);
        if (!under_way(job)) {
          // Where its answer is on show already, the tray need not say more.
          if (noteOf(job.id)?.hash === location.hash || !noteOf(job.id)) setTimeout(() => forget(job.id), 2500);
          say(`${label(job)}: ${STATE[job.state] ?? job.state}`);
          if (!shown.some(under_way) && shown.every((other) => other.state === 'done')) fold.open = false;
        } else fold.open = true;
      }
    }
    for (const [id, line] of lines) {
      if (shown.some((job) => job.id === id)) continue;
      line.element.remove();
      lines.delete(id);
    }
  });
}

/** @param {Job} job */
const label = (job) => noteOf(job.id)?.label ?? WORK[job.kind] ?? job.kind;

/** @param {Job} job @returns {Line} */
function one(job) {
  const bar = progressBar(label(job));
  const state = h('span', { class: 'tray-state' });
  const stop = button('Cancel', () => void cancel(job.id), { class: 'quiet small', 'aria-label': `Cancel ${label(job)}` });
  const hash = noteOf(job.id)?.hash;
  const show = hash ? h('a', { href: hash, class: 'tray-show', 'aria-label': `Show ${label(job)}` }, 'Show') : null;
  const element = h('li', { class: 'tray-line' }, h('span', { class: 'tray-label' }, h('bdi', null, label(job))), bar.element, state, stop, show);
  return {
    element,
    update(now) {
      const active = under_way(now);
      bar.element.hidden = !active;
      stop.hidden = !active;
      if (show) show.hidden = now.state !== 'done';
      element.dataset.state = now.state;
      bar.move(now.done, now.total);
      const phase = now.phase ? plain(now.phase) : '';
      state.textContent = active
        ? capital([phase || STATE[now.state], duration(now.seconds)].join(', '))
        : now.state === 'failed' ? [now.error ?? 'failed', now.hint].filter(Boolean).map((words) => plain(String(words))).join(' – ')
        : `${capital(STATE[now.state] ?? now.state)} after ${duration(now.seconds)}`;
    },
  };
}
