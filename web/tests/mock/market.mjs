// A small made-up market whose figures are counted and not invented: every creator has followers one by one, and of
// those it reaches some; unions, credits and overlaps follow from the lists.

const PEOPLE = 20000;
const NICHES = ['beauty', 'food', 'gaming', 'travel', 'parenting', 'tech', 'music', 'finance', 'sports', 'fashion'];
const PLATFORMS = ['tiktok', 'instagram', 'youtube'];
const FIRST = ['anh', 'bao', 'chi', 'dung', 'giang', 'ha', 'hieu', 'hoa', 'khanh', 'lan', 'linh', 'long', 'mai', 'minh', 'nam', 'ngoc', 'phuong', 'quan', 'thao', 'trang', 'tuan', 'uyen', 'vy', 'yen'];
const LAST = { beauty: 'beauty', food: 'monngon', gaming: 'game', travel: 'dulich', parenting: 'mevabe', tech: 'congnghe', music: 'nhac', finance: 'dautu', sports: 'thethao', fashion: 'thoitrang' };

/** Names that a page which trusts its data would break on. */
export const HOSTILE = [
  '<img src=x onerror="window.hacked=1">',
  '"><script>window.hacked=1</script>',
  "o'brien & sons; --\u2028\\",
  '\u202eمرحبا بالعالم',
  '👩🏽‍🚀🔥🔥 émoji',
  'x'.repeat(200),
  '../../etc/passwd?a=b#c%2f',
  '{{7*7}}${7*7}',
];

/** Numbers that are the same at every start. @param {number} seed */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** @typedef {{id: string, name: string | null, niche: string, platform: string, country: string, tier: string, community: number, price: number | null, followers: number[], direct: number[], reached: number[]}} Creator */

/** @returns {Creator[]} the most followed first */
export function market() {
  const next = random(7);
  /** @type {Creator[]} */
  const creators = [];
  for (let at = 0; at < 300; at += 1) {
    const community = Math.floor(NICHES.length * next() ** 1.4);
    const niche = /** @type {keyof typeof LAST} */ (NICHES[community]);
    const hostile = HOSTILE[at - 20];
    const wanted = at >= 297 ? 6 : Math.round(Math.min(5200, 40 / next() ** 0.85));
    const followers = new Set();
    while (followers.size < wanted) {
      const own = next() < 0.72;
      followers.add(own ? community * 2000 + Math.floor(2000 * next() ** 1.5) : Math.floor(PEOPLE * next()));
      if (wanted > 1800 && followers.size > 1600 && own) followers.add(Math.floor(PEOPLE * next()));
    }
    const list = [...followers].sort((a, b) => a - b);
    const direct = list.filter(() => next() < 0.29);
    const reached = new Set(direct);
    for (let more = Math.floor(direct.length * 0.02); more > 0; more -= 1) reached.add(Math.floor(PEOPLE * next()));
    const handle = `@${FIRST[Math.floor(FIRST.length * next())]}.${LAST[niche]}${100 + at}`;
    creators.push({
      id: hostile ?? handle, name: hostile ? null : at % 3 === 0 ? `${FIRST[at % FIRST.length]?.replace(/^./, (letter) => letter.toUpperCase())} Nguyễn ${100 + at}` : null,
      niche, platform: PLATFORMS[Math.floor(3 * next())] ?? 'tiktok', country: next() < 0.85 ? 'VN' : 'TH',
      tier: wanted < 100 ? 'nano' : wanted < 600 ? 'micro' : wanted < 2500 ? 'macro' : 'mega', community,
      price: at % 11 === 5 ? null : Math.round((600 + 95 * wanted ** 1.05 * (0.7 + 0.6 * next())) / 10) * 10000,
      followers: list, direct, reached: [...reached],
    });
  }
  return creators.sort((a, b) => b.followers.length - a.followers.length);
}

/** Fewer than ten people are not told of. @param {number} people @param {number} [wide] half the width of the interval */
export const figure = (people, wide = 0.34) => (people > 0 && people < 10 ? { people: null, low: null, high: null } : { people, low: Math.round(people * (1 - wide) * 10) / 10, high: Math.round(people * (1 + wide * 1.15) * 10) / 10 });

/** How many of the chosen reach each person. @param {Creator[]} chosen @param {'reached' | 'direct' | 'followers'} what */
export function times(chosen, what) {
  const counts = new Uint16Array(PEOPLE);
  for (const creator of chosen) for (const person of creator[what]) counts[person] = (counts[person] ?? 0) + 1;
  return counts;
}

/** @param {Uint16Array} counts */
export const some = (counts) => counts.reduce((sum, n) => sum + (n > 0 ? 1 : 0), 0);

/** The figures of a plan. @param {Creator[]} chosen */
export function plan(chosen) {
  const counts = times(chosen, 'reached');
  const reach = some(counts);
  const direct = some(times(chosen, 'direct'));
  const seen = new Uint8Array(PEOPLE);
  const priced = chosen.filter((creator) => creator.price !== null);
  const cost = priced.length === chosen.length ? priced.reduce((sum, creator) => sum + (creator.price ?? 0), 0) : null;
  const members = chosen.map((creator) => {
    let added = 0;
    let only = 0;
    let credit = 0;
    for (const person of creator.reached) {
      const n = counts[person] ?? 1;
      if (n === 1) only += 1;
      credit += 1 / n;
      if (!seen[person]) added += 1;
      seen[person] = 1;
    }
    return { id: creator.id, price: creator.price, followers: creator.followers.length, alone: figure(creator.reached.length), added: figure(added), only: figure(only), credit: figure(credit) };
  });
  return {
    reach: figure(reach), simulation: { low: Math.round(reach * 0.991), high: Math.round(reach * 1.009) }, status: 'assumed', direct, beyond: Math.max(0, reach - direct),
    followers: some(times(chosen, 'followers')), summed: chosen.reduce((sum, creator) => sum + creator.followers.length, 0),
    cost, unpriced: chosen.filter((creator) => creator.price === null).map((creator) => creator.id), currency: 'VND',
    per_person: cost !== null && reach > 0 ? cost / reach : null, people_drawn: 1303646, members,
  };
}

/**
 * Whoever adds most, for its price where there is a budget, one after another.
 * @param {Creator[]} pool
 * @param {{budget?: number | undefined, count: number, must?: Creator[]}} limits
 */
export function greedy(pool, { budget, count, must = [] }) {
  const chosen = [...must];
  const covered = times(chosen, 'reached');
  let spent = must.reduce((sum, creator) => sum + (creator.price ?? 0), 0);
  while (chosen.length < count) {
    let best = null;
    let most = 0;
    for (const creator of pool) {
      if (chosen.includes(creator) || creator.price === null) continue;
      if (budget !== undefined && spent + creator.price > budget) continue;
      const added = creator.reached.reduce((sum, person) => sum + (covered[person] ? 0 : 1), 0);
      const worth = budget === undefined ? added : added / creator.price;
      if (worth > most) [best, most] = [creator, worth];
    }
    if (!best) break;
    chosen.push(best);
    spent += best.price ?? 0;
    for (const person of best.reached) covered[person] = (covered[person] ?? 0) + 1;
  }
  return chosen;
}
