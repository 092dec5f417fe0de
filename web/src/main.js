// Opens the network, then shows the view that the address names.

import { Refusal, ask, whenDenied } from './api.js';
import { say } from './announce.js';
import { fill, h } from './dom.js';
import { board, follow } from './state/board.js';
import * as jobs from './state/jobs.js';
import * as portfolio from './state/portfolio.js';
import { planBar, planWords, viewing } from './parts/plan_bar.js';
import { progressBar } from './parts/progress.js';
import { refusal } from './parts/refusal.js';
import { tray } from './parts/tray.js';
import { capital, plain } from './words.js';

/** @typedef {import('./types.js').Network} Network */
/** @typedef {{title: string, show: (root: HTMLElement, context: import('./types.js').Context) => void | Promise<void>}} View */

/** @type {Record<string, () => Promise<View>>} */
const VIEWS = {
  creators: () => import('./views/creators.js'),
  creator: () => import('./views/creator.js'),
  portfolio: () => import('./views/portfolio.js'),
  map: () => import('./views/map.js'),
  risk: () => import('./views/risk.js'),
  about: () => import('./views/about.js'),
};

const main = /** @type {HTMLElement} */ (document.getElementById('main'));
let leaving = new AbortController();
let denied = false;
/** @type {Network | null} */
let network = null;

/** "#/creator/abc?x=1" → where, what, how. */
function address() {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const [first = '', ...rest] = path.split('/');
  let what = rest.join('/');
  try {
    what = decodeURIComponent(what);
  } catch {
    // An address typed by hand: taken as it is.
  }
  return { view: first || 'creators', rest: what, query: new URLSearchParams(query) };
}

/** @param {boolean} moved whether somebody went here, rather than opened the page here */
async function show(moved) {
  if (denied || !network) return;
  const { view, rest, query } = address();
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const load = VIEWS[view];
  viewing.set(view);
  for (const link of document.querySelectorAll('nav a')) {
    const here = link.getAttribute('data-view') === view || (view === 'creator' && link.getAttribute('data-view') === 'creators');
    if (here) link.setAttribute('aria-current', view === 'creator' ? 'true' : 'page');
    else link.removeAttribute('aria-current');
  }
  const root = h('div', { class: `view view-${view}` });
  try {
    if (!load) throw new Refusal(404, 'There is no such page.', 'Choose one above.', null);
    const page = await load();
    if (signal.aborted) return;
    document.title = `${page.title} · ${network.name.split('/').pop()} · truereach`;
    await page.show(root, { network, signal, query, rest });
    if (signal.aborted) return;
  } catch (error) {
    if (signal.aborted) return;
    fill(root, h('h1', null, 'This page could not be shown'), refusal(error, () => void show(true)));
  }
  fill(main, root);
  if (!moved) return;
  scrollTo(0, 0);
  const heading = root.querySelector('h1');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus({ preventScroll: true });
}

function showDenied() {
  if (denied) return;
  denied = true;
  leaving.abort();
  document.title = 'Not signed in · truereach';
  const heading = h('h1', { tabindex: '-1' }, 'This page is not signed in');
  fill(
    main,
    h('div', { class: 'view view-denied' }, heading,
      h('p', null, 'Open the address that ', h('code', null, 'truereach serve'), ' printed when it was started: it ends in ', h('code', null, '?token=…'), ' and lets this browser in.'),
      h('p', { class: 'soft' }, 'If the program was started anew since, its address has changed. Your plan is kept in this browser.')),
  );
  heading.focus();
}

/** The line under the head while people are being drawn. */
function boardLine() {
  const place = /** @type {HTMLElement} */ (document.getElementById('board'));
  const bar = progressBar('Drawing people');
  const words = h('span', { class: 'board-words' });
  fill(place, h('div', { class: 'board-inner' }, words, bar.element));
  let before = true;
  board.watch((now) => {
    place.hidden = now.ready && !now.error;
    if (now.error) words.textContent = plain(now.error);
    else if (!now.ready) words.textContent = `${capital(plain(now.phase ?? 'drawing people'))}: figures of reach come when this is done`;
    bar.element.hidden = !!now.error;
    bar.move(now.done, now.total);
    if (now.ready && !before) say('All people are drawn: figures of reach are there.');
    before = now.ready;
  });
}

/** Says the totals aloud after a change, once they are known. */
function totalsAloud() {
  let said = '';
  portfolio.portfolio.watch(({ busy, error }) => {
    if (busy) return;
    const words = error ? error.message : planWords();
    if (words !== said && said !== '') say(words);
    said = words;
  });
}

async function open() {
  // The address holds the view, so the skip link moves the focus by itself.
  document.querySelector('.skip')?.addEventListener('click', (event) => {
    event.preventDefault();
    main.focus();
  });
  whenDenied(showDenied);
  try {
    network = /** @type {Network} */ (await ask('/api/network'));
    void follow(network);
    boardLine();
    await jobs.open();
    portfolio.open(network.checksum);
    tray(/** @type {HTMLElement} */ (document.getElementById('tray')));
    planBar(/** @type {HTMLElement} */ (document.getElementById('plan-bar')));
    totalsAloud();
  } catch (error) {
    if (!denied) fill(main, h('h1', null, 'The network could not be opened'), refusal(error, () => location.reload()));
    return;
  }
  addEventListener('hashchange', () => void show(true));
  await show(false);
}

void open();
