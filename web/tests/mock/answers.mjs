// What each piece of work answers, in the shape of the engine's tables.

import { figure, greedy, plan, some, times } from './market.mjs';

/** @typedef {import('./market.mjs').Creator} Creator */
/** @typedef {Record<string, any>} Body */

const ASSUMED = ['exposure per feed post: 30% of followers up to 5,000 (range 20–40%); assumed, not measured', 'resharing once exposed: 0.0136 on average; it rests on the exposure assumed'];

/** @param {string} key @param {string} title @param {string} unit @param {string} about @param {boolean} [range] */
const column = (key, title, unit, about, range = false) => ({ key, title, unit, about, range });

/** @param {string} title @param {[string, number][]} bars */
function picture(title, bars) {
  const text = (/** @type {string} */ words) => words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const most = Math.max(1, ...bars.map(([, value]) => value));
  const rows = bars.map(([name, value], at) => `<text x="20" y="${74 + 30 * at}">${text(name.slice(0, 26))}</text><rect class="dot" x="240" y="${60 + 30 * at}" width="${((480 * value) / most).toFixed(1)}" height="20"/>`).join('');
  const high = 80 + 30 * bars.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="760" height="${high}" viewBox="0 0 760 ${high}" role="img"><title>${text(title)}</title><desc>${text(bars.map(([name, value]) => `${name}: ${Math.round(value)}`).join('; '))}</desc><style>text{font-family:sans-serif;font-size:13px;fill:#1b1f24}.paper{fill:#fff}.dot{fill:#0072b2}@media (prefers-color-scheme:dark){text{fill:#e6edf3}.paper{fill:#0d1117}.dot{fill:#58b4f0}}</style><rect class="paper" width="760" height="${high}"/><text x="20" y="34" font-size="17" font-weight="600">${text(title)}</text>${rows}</svg>`;
}

/** @param {Partial<import('../../src/types.js').VerbResult> & {table: Record<string, unknown>}} parts */
const verb = ({ table, notes = [], unmet = null }) => ({ tables: [{ schema: 'mock/1', notes: [], assumptions: ASSUMED, summary: {}, picture: null, ...table }], notes, text: '', unmet });

/** @type {Record<string, (body: Body, market: Creator[], chosen: Creator[]) => unknown>} */
export const ANSWERS = {
  plan(body, market) {
    const pool = market.filter((creator) => !(body.never ?? []).includes(creator.id) && meets(creator, body.where ?? []));
    const must = market.filter((creator) => (body.must ?? []).includes(creator.id));
    const chosen = greedy(pool, { budget: body.budget, count: body.count ?? 20, must });
    const { members, reach, cost } = plan(chosen);
    return verb({
      table: {
        schema: 'truereach/select/1',
        columns: [column('place', 'place', '', 'whoever adds most comes first'), column('creator', 'creator', '', 'id in the input'), column('price', 'price', 'currency', 'what the creator asks'),
          column('added', 'adds', 'people', 'people whom none of those before reaches'), column('added_interval', 'adds, 95%', 'people', 'of adds', true), column('status', 'status', '', 'measured, estimated or assumed')],
        rows: members.map((member, at) => ({ place: at + 1, creator: member.id, price: member.price, added: member.added.people, added_interval_low: member.added.low, added_interval_high: member.added.high, status: 'assumed' })),
        summary: { cost },
      },
      notes: [`${chosen.length} creators reach ${Math.round(reach.people ?? 0)} people`, 'certificate: at least 95.2% of what the best portfolio within these limits reaches, under this model and these data'],
      unmet: body.at_least?.some((/** @type {string} */ rule) => Number(rule.split(':').pop()) > chosen.length) ? 'at least so many of a group are asked for than the number of creators allows' : null,
    });
  },
  frontier(body, market) {
    const chosen = greedy(market, { budget: body.budget ?? 1e12, count: body.count ?? 20 });
    const points = chosen.map((_, at) => {
      const part = chosen.slice(0, at + 1);
      const { reach, cost } = plan(part);
      return { size: part.length, cost, reach, creators: part.map((creator) => creator.id), knee: false };
    });
    const knee = points[Math.floor(points.length * 0.35)];
    if (knee) knee.knee = true;
    return { by: 'money', currency: 'VND', points, plan: {}, notes: ['each point is within 5% of the best for its budget'], assumptions: ASSUMED };
  },
  influence(_body, _market, chosen) {
    return verb({
      table: {
        schema: 'truereach/influence/1',
        columns: [column('creator', 'creator', '', 'id in the input'), column('true_influence', 'true influence', 'people', 'people a post'), column('interval', '95%', 'people', 'of true influence', true), column('status', 'status', '', 'how it is known'), column('followers', 'followers', 'people', 'followers in this network'), column('not_exposed', 'not exposed', 'people', 'followers who are not shown the post')],
        rows: chosen.map((creator) => ({ creator: creator.id, true_influence: creator.reached.length, interval_low: figure(creator.reached.length).low, interval_high: figure(creator.reached.length).high, status: 'assumed', followers: creator.followers.length, not_exposed: creator.followers.length - creator.direct.length })),
        picture: picture('From followers to true influence', chosen.slice(0, 1).flatMap((creator) => /** @type {[string, number][]} */ ([['followers', creator.followers.length], ['shown the post', creator.direct.length], ['real reach', creator.reached.length]]))),
      },
      notes: ['prior; 512 worlds, seed 1'],
    });
  },
  risk(body, _market, chosen) {
    const counts = times(chosen, 'reached');
    return verb({
      table: {
        schema: 'truereach/risk/1',
        columns: [column('creator', 'creator', '', 'id in the input'), column('turned', 'turned', 'people', 'people who would turn'), column('turned_interval', 'turned, 95%', 'people', 'of turned', true), column('reach_lost', 'reach lost', 'people', 'people whom no other reaches'), column('chance', 'chance', 'chance', 'your scenario'), ...Array.from({ length: 6 }, (_, at) => column(`more_${at}`, `one more figure ${at}`, 'people', 'as wide as the engine\'s table'))],
        rows: chosen.map((creator, row) => ({ creator: creator.id, turned: creator.reached.length * 1.02, turned_interval_low: creator.reached.length * 0.66, turned_interval_high: creator.reached.length * 1.4, reach_lost: creator.reached.filter((person) => counts[person] === 1).length, chance: body.hazard ?? 0.02, ...Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`more_${at}`, row === 0 && chosen.length > 1 ? null : creator.reached.length / (at + 1)])) })),
      },
      notes: [`worst single failure: if ${chosen[0]?.id} falls, most people of the audience hear of it`],
    });
  },
  overlap(_body, _market, chosen) {
    const counts = times(chosen, 'followers');
    const rows = [...new Set(counts)].filter((n) => n > 0).sort((a, b) => a - b).map((n) => ({ creators: n, people: counts.reduce((sum, other) => sum + (other === n ? 1 : 0), 0) }));
    return verb({ table: { schema: 'truereach/overlap/1', columns: [column('creators', 'follow', 'creators', 'so many of the plan'), column('people', 'people', 'people', 'who follow exactly so many')], rows, picture: picture('How many of the plan people follow', rows.slice(0, 10).map((row) => [`${row.creators} of the plan`, row.people])) } });
  },
  curve(_body, _market, chosen) {
    const rows = chosen.map((creator, at) => ({ creator: creator.id, together: some(times(chosen.slice(0, at + 1), 'followers')) }));
    return verb({ table: { schema: 'truereach/curve/1', columns: [column('creator', 'creator', '', 'in the order of the plan'), column('together', 'together', 'people', 'different followers up to here')], rows } });
  },
  similar(_body, market, chosen) {
    const own = new Set(chosen[0]?.followers);
    const rows = market.filter((creator) => creator !== chosen[0]).map((creator) => ({ other: creator.id, shared: creator.followers.filter((person) => own.has(person)).length, share: creator.followers.filter((person) => own.has(person)).length / Math.max(1, own.size) })).sort((a, b) => b.shared - a.shared).slice(0, 60);
    return verb({ table: { schema: 'truereach/similar/1', columns: [column('other', 'creator', '', 'whose audience is alike'), column('shared', 'shared', 'people', 'who follow both'), column('share', 'share', 'share', 'of this audience')], rows } });
  },
  arrivals(_body, _market, chosen) {
    const creator = chosen[0];
    const rows = Array.from({ length: 12 }, (_, month) => ({ month: `2025-${String(month + 1).padStart(2, '0')}`, arrived: Math.round(((creator?.followers.length ?? 0) / 12) * (1 + 0.5 * Math.sin(month))) }));
    return verb({ table: { schema: 'truereach/arrivals/1', columns: [column('month', 'month', '', ''), column('arrived', 'arrived', 'people', 'new followers')], rows, picture: picture('When followers arrived', rows.map((row) => [row.month, row.arrived])) }, notes: ['no burst stands out'] });
  },
  communities(_body, _market, chosen) {
    const counts = times(chosen, 'reached');
    const rows = Array.from({ length: 10 }, (_, group) => ({ group: String(group), reach: counts.subarray(group * 2000, group * 2000 + 2000).reduce((sum, n) => sum + (n > 0 ? 1 : 0), 0) })).sort((a, b) => b.reach - a.reach);
    return verb({ table: { schema: 'truereach/reach-by/1', columns: [column('group', 'community', '', 'of the audience'), column('reach', 'reach', 'people', 'people reached in it')], rows } });
  },
};

/** @param {Creator} creator @param {string[]} where */
export function meets(creator, where) {
  return where.every((condition) => {
    const parts = /^([^=<>]+)(>=|<=|=)(.*)$/.exec(condition);
    if (!parts) throw new Error('write COLUMN=VALUE,…, COLUMN>=NUMBER or COLUMN<=NUMBER');
    const [, name = '', test = '', value = ''] = parts;
    const held = name === 'followers' ? creator.followers.length : /** @type {any} */ (creator)[name];
    if (held === null || held === undefined) return false;
    return test === '=' ? value.split(',').includes(String(held)) : test === '>=' ? Number(held) >= Number(value) : Number(held) <= Number(value);
  });
}
