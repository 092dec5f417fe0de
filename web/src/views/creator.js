// One creator: figures at once, and what takes longer in sections of its own.

import { Refusal, ask, dropped } from '../api.js';
import { button, fill, h } from '../dom.js';
import { count, number } from '../format.js';
import { badge, missing, paid, people, plainly, reachStatus } from '../parts/figure.js';
import { name } from '../parts/person.js';
import { refusal } from '../parts/refusal.js';
import { toggle } from '../parts/toggle.js';
import { verb } from '../parts/verb.js';
import { work } from '../parts/work.js';
import { board } from '../state/board.js';
import { capital } from '../words.js';

export const title = 'Creator';

/** @typedef {import('../types.js').CreatorPage} CreatorPage */

/** Whether there are figures of reach. @param {CreatorPage} creator */
const onBoard = (creator) => creator.board ?? creator.on_board ?? creator.reach !== null;

/** @type {{kind: string, head: string, about: string, act: string, parameters: (id: string) => Record<string, unknown>}[]} */
const SECTIONS = [
  { kind: 'influence', head: 'From followers to real reach', about: 'Which followers are real, who is shown a post, and who hears of it from others.', act: 'Show the way to real reach', parameters: (id) => ({ creators: [id] }) },
  { kind: 'arrivals', head: 'When followers arrived', about: 'Followers that came in bursts may have been bought.', act: 'Show the arrivals', parameters: (id) => ({ creator: id }) },
  { kind: 'communities', head: 'Communities of the audience', about: 'Which circles of people the posts reach.', act: 'Show the communities', parameters: (id) => ({ creators: [id] }) },
  { kind: 'similar', head: 'Look-alike audiences', about: 'Creators who share most of this audience: replacements, or doubles to avoid.', act: 'Find look-alikes', parameters: (id) => ({ creators: [id] }) },
  { kind: 'risk', head: 'Risk', about: 'What it would cost if this creator fell. Nothing here says how likely that is.', act: 'Show the risk', parameters: (id) => ({ creators: [id] }) },
];

/** @param {HTMLElement} root @param {import('../types.js').Context} context */
export function show(root, { network, signal, rest: id }) {
  const heading = h('h1', null, name(id));
  const top = h('div', { class: 'creator-top', 'aria-busy': 'true' }, h('p', { class: 'soft' }, 'Looking up…'));
  const sections = h('div', { class: 'stack' });
  fill(root, h('p', { class: 'crumb' }, h('a', { href: '#/' }, 'All creators')), heading, top, sections);

  async function load() {
    try {
      const creator = /** @type {CreatorPage} */ (await ask(`/api/creator?${new URLSearchParams({ id })}`, { signal }));
      if (signal.aborted) return;
      fill(heading, name(creator.name || creator.id));
      document.title = `${creator.name || creator.id} · ${network.name.split('/').pop()} · truereach`;
      figures(top, creator, network, signal);
      if (!sections.firstChild) fill(sections, ...parts(creator, network, signal));
    } catch (error) {
      if (!dropped(error)) fill(top, refusal(error, error instanceof Refusal && (error.status === 404 || error.status === 422) ? undefined : () => void load()));
    } finally {
      top.setAttribute('aria-busy', 'false');
    }
  }
  void load();
  let before = board.value.ready;
  board.watch((now) => {
    if (now.ready && !before) void load();
    before = now.ready;
  }, signal);
}

/**
 * @param {HTMLElement} place
 * @param {CreatorPage} creator
 * @param {import('../types.js').Network} network
 * @param {AbortSignal} signal
 */
function figures(place, creator, network, signal) {
  const why = board.value.ready ? (onBoard(creator) ? undefined : 'this account is not on the board: it has too few followers, or is not in the table of creators') : 'people are still being drawn';
  const direct = creator.direct;
  const beyond = creator.beyond;
  const status = reachStatus(network);
  const one = (/** @type {import('../dom.js').Child} */ term, /** @type {Node} */ said, big = false) => h('div', { class: big ? 'total total-big' : 'total' }, h('dt', null, term), h('dd', null, said));
  const about = [creator.niche, creator.platform, creator.tier].filter(Boolean);
  const more = Object.entries(creator.attributes ?? {}).filter(([column, value]) => !['niche', 'platform', 'price', 'currency', 'creator', 'name', 'id'].includes(column) && value !== '');
  const reactions = Object.entries(creator.interactions ?? {});
  fill(
    place,
    h('p', { class: 'creator-about' }, creator.name && creator.name !== creator.id && [h('span', { class: 'soft' }, name(creator.id)), ' '], about.map((word) => h('span', { class: 'tag' }, h('bdi', null, word)))),
    h('dl', { class: 'totals' },
      one(['People reached by a post ', status && creator.reach && badge(status)], people(creator.reach, why), true),
      one('Directly', plainly(direct, why ?? 'not known')),
      one('Beyond followers', network.spread ? plainly(beyond, why ?? 'not known') : missing('these data do not show how posts spread beyond followers')),
      one('Followers', plainly(creator.followers, 'not known', count)),
      one('Follows', plainly(creator.following, 'not known', count)),
      (network.currency !== null || creator.price !== null) && one('Price', paid(creator.price, creator.currency, 'no price is given')),
      (network.currency !== null || creator.price !== null) && one('Price per person', paid(creator.per_person, creator.currency, creator.price === null ? 'no price is given' : 'the people reached are not known'))),
    (reactions.length > 0 || more.length > 0) && h('dl', { class: 'small-list' },
      reactions.map(([kind, n]) => h('div', null, h('dt', null, `${capital(kind)} received`), h('dd', null, count(n)))),
      more.map(([column, value]) => h('div', null, h('dt', null, h('bdi', null, capital(column))), h('dd', null, h('bdi', null, typeof value === 'number' ? number(value) : value))))),
    h('div', { class: 'creator-act' }, toggle(creator, signal, true)),
  );
}

/**
 * @param {CreatorPage} creator
 * @param {import('../types.js').Network} network
 * @param {AbortSignal} signal
 */
function parts(creator, network, signal) {
  const shown = creator.name || creator.id;
  const made = SECTIONS.map((section) => ({
    section,
    work: work({
      key: `${section.kind} ${creator.id}`, kind: section.kind, start: section.act, about: shown, signal,
      parameters: () => section.parameters(creator.id),
      show: (job) => verb(/** @type {import('../types.js').VerbResult} */ (job.result), { caption: section.head, currency: network.currency, signal }),
    }),
  }));
  const all = button('Work out all of these', () => {
    for (const { work: piece } of made) if (!piece.element.querySelector('.verb, .work-running')) void piece.begin();
  }, { class: 'quiet' });
  return [
    h('div', { class: 'section-head' }, h('p', { class: 'soft' }, 'The sections below take from a moment to a minute each.'), all),
    ...made.map(({ section, work: piece }) => h('section', { class: 'panel', 'aria-label': section.head }, h('h2', null, section.head), h('p', { class: 'soft' }, section.about), piece.element)),
  ];
}
