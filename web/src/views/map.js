// The map: creators who share an audience lie near each other, coloured by community. The drawing is for the eyes and
// the pointer; the search, the legend and the list say the same without either.

import { ask, dropped, patiently } from '../api.js';
import { button, fill, h } from '../dom.js';
import { count, followersWords, several } from '../format.js';
import { combobox } from '../parts/combobox.js';
import { drawMap } from '../parts/map_drawing.js';
import { creatorHash, name, person } from '../parts/person.js';
import { progressBar } from '../parts/progress.js';
import { refusal } from '../parts/refusal.js';
import { whenDrawn } from '../state/board.js';
import { toggle } from '../parts/toggle.js';
import { plain } from '../words.js';
import { say } from '../announce.js';

export const title = 'Map';

/** @typedef {import('../types.js').CreatorMap} CreatorMap */

/** Those who share too little with anybody. */
const NOBODY = 'In no community';

/** Communities with a colour of their own; smaller ones share a grey. */
export const COLOURS = 8;

/** @param {HTMLElement} root @param {import('../types.js').Context} context */
export function show(root, { signal }) {
  const bar = progressBar('Laying out the map');
  const body = h('div', { class: 'stack', 'aria-busy': 'true' }, h('div', { class: 'work-running' }, bar.element, h('span', { class: 'work-phase' }, 'The map is being laid out…')));
  fill(root, h('h1', null, 'Map of creators'), body);
  (async () => {
    try {
      await whenDrawn('map', signal, (now) => {
        bar.move(now.done, now.total);
      });
      const map = await patiently(() => /** @type {Promise<CreatorMap>} */ (ask('/api/map', { signal })), signal);
      if (signal.aborted) return;
      body.setAttribute('aria-busy', 'false');
      lay(body, map, signal);
    } catch (error) {
      if (!dropped(error)) fill(body, refusal(error));
    }
  })();
}

/**
 * @param {HTMLElement} body
 * @param {CreatorMap} map
 * @param {AbortSignal} signal
 */
function lay(body, map, signal) {
  if (map.creators.length === 0) return fill(body, h('p', { class: 'empty' }, 'There are no creators to draw.'));
  const all = map.communities.map((one, at) => ({ ...one, id: one.id ?? at })).sort((a, b) => b.creators - a.creators);
  // One or two creators are no community: they are listed together.
  const communities = all.filter((one) => one.creators > 2);
  const alone = new Set(all.filter((one) => one.creators <= 2).map((one) => one.id));
  const loners = map.creators.filter((creator) => alone.has(creator.community));
  const rank = new Map(communities.map((community, at) => [community.id, at]));
  const colour = (/** @type {number} */ community) => Math.min(COLOURS, rank.get(community) ?? COLOURS);
  const byId = new Map(map.creators.map((creator, at) => [creator.id, at]));
  const card = h('div', { class: 'map-card', 'aria-live': 'polite' });
  const place = h('div', { class: 'map-drawing', role: 'img', 'aria-label': `Drawing of ${several(map.creators.length, 'creator')}; communities: ${count(communities.length)}. The list below says the same.` });
  const hint = h('p', { class: 'soft' }, 'Point at a creator to see who it is, click to open its page.');

  /** @param {number | null} at @param {boolean} [kept] */
  function tell(at, kept = false) {
    const creator = at === null ? null : map.creators[at];
    if (!creator) return fill(card, hint);
    const community = communities.find((one) => one.id === creator.community);
    fill(card, h('p', { class: 'map-card-name' }, person(creator)),
      h('p', { class: 'soft' }, [creator.niche, creator.tier, followersWords(creator.followers)].filter(Boolean).join(' · '), community && [' · ', h('bdi', null, community.label)]),
      kept && h('p', null, toggle({ id: creator.id, name: creator.name ?? null }, signal, true)));
  }
  tell(null);

  const drawing = drawMap(place, map, colour, {
    hover: (at) => tell(at),
    open: (at) => {
      const creator = map.creators[at];
      if (creator) location.hash = creatorHash(creator.id);
    },
  }, signal);

  const find = combobox({
    label: 'Find on the map', placeholder: 'Name or handle', signal,
    pick(match) {
      const at = byId.get(match.id);
      if (at === undefined) return fill(card, h('p', null, name(match.name || match.id), ' is not on the map: only creators on the board are.'));
      drawing.look(at);
      tell(at, true);
    },
  });

  /** @type {number | null} */
  let lit = null;
  const legend = h('ul', { class: 'legend' });
  const chips = communities.slice(0, COLOURS).map((community) => {
    const chip = button('', () => {
      lit = lit === community.id ? null : community.id;
      drawing.light(lit);
      for (const [other, id] of chips) other.setAttribute('aria-pressed', String(id === lit));
      say(lit === null ? 'All communities' : `${community.label}: ${several(community.creators, 'creator')}`);
    }, { class: 'legend-chip', 'aria-pressed': 'false' });
    chip.append(h('span', { class: `swatch c${colour(community.id)}`, 'aria-hidden': 'true' }), h('span', { class: 'legend-words' }, h('bdi', { class: 'name' }, community.label), around(community) && h('bdi', { class: 'name legend-top' }, community.top.slice(0, 2).join(', '))), h('span', { class: 'soft' }, ` ${count(community.creators)}`));
    legend.append(h('li', null, chip));
    return /** @type {const} */ ([chip, community.id]);
  });
  const others = communities.slice(COLOURS);
  if (loners.length > 0) others.push({ id: -1, creators: loners.length, label: NOBODY, top: [] });
  if (others.length > 0) legend.append(h('li', { class: 'legend-rest soft' }, h('span', { class: `swatch c${COLOURS}`, 'aria-hidden': 'true' }), [others.length > 1 || loners.length === 0 ? 'all others' : 'in no community', ', ', count(others.reduce((sum, one) => sum + one.creators, 0))]));

  const zoom = h('div', { class: 'map-zoom', role: 'group', 'aria-label': 'Zoom' },
    button('+', () => drawing.zoom('in'), { 'aria-label': 'Nearer' }), button('−', () => drawing.zoom('out'), { 'aria-label': 'Farther' }), button('All', () => drawing.zoom('all'), { 'aria-label': 'Show all' }));

  fill(
    body,
    h('p', { class: 'lead-words' }, `${several(map.creators.length, 'creator')}; those who share an audience lie near each other.`),
    h('div', { class: 'map-layout' },
      h('div', { class: 'map-main' }, place, zoom),
      h('div', { class: 'map-side' }, find.element, h('div', { class: 'panel' }, card), h('h2', null, 'Communities'), legend)),
    map.note && h('p', { class: 'soft' }, plain(map.note)),
    h('h2', null, 'The same as a list'),
    h('div', { class: 'community-lists' }, communities.map((community) => communityList(community, map.creators.filter((creator) => creator.community === community.id), colour, signal)),
      loners.length > 0 && communityList({ id: -1, creators: loners.length, label: NOBODY, top: [] }, loners, colour, signal)),
  );
}

/** Whether its most followed creators say more than its label. @param {{label: string, top?: string[]}} community */
const around = ({ label, top }) => !!top?.[0] && !label.includes(top[0]);

/**
 * The creators of a community, most followed first; made when it is opened.
 * @param {CreatorMap['communities'][number] & {id: number}} community
 * @param {CreatorMap['creators']} creators
 * @param {(community: number) => number} colour
 * @param {AbortSignal} signal
 */
function communityList(community, creators, colour, signal) {
  const list = h('ul', { class: 'community-list' });
  const more = h('div');
  const element = h('details', { class: 'community' },
    h('summary', null, h('span', { class: `swatch c${colour(community.id)}`, 'aria-hidden': 'true' }), h('bdi', null, community.label), h('span', { class: 'soft' }, ` · ${several(community.creators, 'creator')}`, around(community) && [' around ', name(community.top[0] ?? '')])), list, more);
  element.addEventListener('toggle', () => {
    if (!element.open || list.firstChild) return;
    const inside = [...creators].sort((a, b) => (b.followers ?? 0) - (a.followers ?? 0));
    const grow = () => {
      const from = list.children.length;
      list.append(...inside.slice(from, from + 30).map((creator) => h('li', null, person(creator), h('span', { class: 'soft' }, followersWords(creator.followers)), toggle({ id: creator.id, name: creator.name ?? null }, signal))));
      const rest = inside.length - list.children.length;
      fill(more, rest > 0 && button(`Show ${Math.min(30, rest)} more of ${count(rest)}`, grow, { class: 'quiet small' }));
    };
    grow();
  });
  return element;
}
