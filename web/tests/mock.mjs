// A server with the program's addresses, answers, refusals and headers over a small made-up market, for tests of the
// page alone.
//   node tests/mock.mjs [--port 8321] [--token TEXT] [--board MILLISECONDS]
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { ANSWERS, meets } from './mock/answers.mjs';
import { figure, market, plan, random } from './mock/market.mjs';

const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; worker-src 'self' blob:";
const web = fileURLToPath(new URL('..', import.meta.url));
const option = (/** @type {string} */ name, /** @type {string} */ otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at >= 0 ? (process.argv[at + 1] ?? otherwise) : otherwise;
};
const token = option('token', 'test');
const port = Number(option('port', '8321'));
const opened = Date.now();
const drawing = Number(option('board', '400'));
const ready = () => Date.now() - opened >= drawing;
const board = () => ({ ready: ready(), phase: ready() ? null : 'drawing people', done: Math.min(drawing, Date.now() - opened), total: drawing, people_drawn: ready() ? 1303646 : null });

const creators = market();
const byId = new Map(creators.map((creator) => [creator.id, creator]));
/** How long each piece of work takes here; looking for look-alikes is long enough to be stopped. @type {Record<string, number>} */
const TAKES = { similar: 20000, frontier: 500, risk: 500, report: 400 };
/** @typedef {{id: string, kind: string, state: string, begun: number, ended: number, body: any, result: unknown, error: string | null, hint: string | null}} Work */
/** @type {Map<string, Work>} */
const jobs = new Map();

class Refused extends Error {
  /** @param {number} status @param {string} sentence @param {string | null} [hint] @param {unknown} [progress] */
  constructor(status, sentence, hint = null, progress = undefined) {
    super(sentence);
    this.status = status;
    this.body = { error: sentence, hint, ...(progress ? { progress } : {}) };
  }
}

/** @param {unknown} id */
function known(id) {
  const creator = byId.get(String(id));
  if (!creator) throw new Refused(422, `creator: no account "${String(id).slice(0, 60)}" in this network`, 'ids are written as in the table of creators');
  return creator;
}

/** @param {import('./mock/market.mjs').Creator} creator */
function row(creator) {
  const reach = ready() ? figure(creator.reached.length) : null;
  return {
    id: creator.id, name: creator.name, followers: creator.followers.length, tier: creator.tier, niche: creator.niche, platform: creator.platform,
    attributes: { country: creator.country, niche: creator.niche }, price: creator.price, currency: creator.price === null ? null : 'VND', reach,
    per_person: creator.price !== null && reach?.people ? creator.price / reach.people : null,
  };
}

const fold = (/** @type {string} */ text) => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/gi, 'd').toLowerCase();

/** @param {string} text */
function matching(text) {
  const wanted = fold(text);
  const rank = (/** @type {{id: string, name: string | null}} */ one) => {
    const words = [one.id, one.name ?? ''].map((word) => fold(word).replace(/^@/, ''));
    return words.some((word) => word.startsWith(wanted.replace(/^@/, ''))) ? 0 : words.some((word) => word.includes(wanted)) ? 1 : 2;
  };
  return creators.map((creator) => ({ creator, rank: rank(creator) })).filter((one) => one.rank < 2).sort((a, b) => a.rank - b.rank).map((one) => one.creator);
}

/** @param {URLSearchParams} query @param {string} name @param {number} otherwise @param {number} most */
function whole(query, name, otherwise, most) {
  const value = Number(query.get(name) ?? otherwise);
  if (!Number.isInteger(value) || value < 0 || value > most) throw new Refused(422, `${name}: ${query.get(name)} is not between 0 and ${most}`);
  return value;
}

/** @param {Work} work @param {boolean} [full] */
function told(work, full = false) {
  settle(work);
  const takes = TAKES[work.kind] ?? 250;
  const spent = (work.ended || Date.now()) - work.begun;
  return { id: work.id, kind: work.kind, state: work.state, phase: work.state === 'running' ? (spent < takes / 2 ? 'drawing people' : 'counting worlds') : null, done: Math.min(takes, spent), total: takes, seconds: spent / 1000, error: work.error, hint: work.hint, ...(full ? { result: work.state === 'done' ? work.result : null } : {}) };
}

/** Ends a piece of work whose time has come. @param {Work} work */
function settle(work) {
  if (work.state !== 'running' || Date.now() - work.begun < (TAKES[work.kind] ?? 250)) return;
  work.ended = Date.now();
  const chosen = (work.body.creators ?? (work.body.creator ? [work.body.creator] : [])).map(known);
  if (work.kind === 'arrivals' && chosen[0]?.country === 'TH') {
    Object.assign(work, { state: 'failed', error: 'follows of this creator have no time', hint: 'give a table of follows with a column time' });
    return;
  }
  work.result = work.kind === 'report' ? report(work) : ANSWERS[work.kind]?.(work.body, creators, chosen);
  work.state = 'done';
}

/** @param {Work} work */
function report(work) {
  return { html: `/api/jobs/${work.id}/report`, bytes: Buffer.byteLength(reportText(work)) };
}
/** @param {Work} work */
const reportText = (work) => `<!doctype html><html lang="${work.body.language}"><title>Report</title><h1>${String(work.body.title).replace(/[<&]/g, '')}</h1><p>${work.body.creators.length} creators</p></html>`;

function layout() {
  const next = random(3);
  const links = [];
  for (let at = 0; at < creators.length; at += 1) {
    const own = new Set(creators[at]?.followers);
    const near = creators.map((other, to) => ({ to, shared: to > at ? other.followers.reduce((sum, person) => sum + (own.has(person) ? 1 : 0), 0) : 0 })).sort((a, b) => b.shared - a.shared).slice(0, 3);
    for (const { to, shared } of near) if (shared > 10) links.push([at, to, shared]);
  }
  const groups = [...new Set(creators.map((creator) => creator.community))];
  return {
    creators: creators.map((creator) => {
      const angle = (2 * Math.PI * creator.community) / groups.length;
      return { id: creator.id, x: 0.6 * Math.cos(angle) + 0.28 * (next() + next() - 1), y: 0.6 * Math.sin(angle) + 0.28 * (next() + next() - 1), followers: creator.followers.length, tier: creator.tier, niche: creator.niche, community: creator.community };
    }),
    links,
    communities: groups.map((id) => {
      const inside = creators.filter((creator) => creator.community === id);
      return { id, creators: inside.length, label: inside[0]?.niche ?? '', top: inside.slice(0, 3).map((creator) => creator.id) };
    }),
    note: 'communities of creators by the followers whom they share',
  };
}
/** @type {ReturnType<typeof layout> | null} */
let drawn = null;

/** @param {string} method @param {URL} url @param {any} body */
function answer(method, url, body) {
  const { pathname: path, searchParams: query } = url;
  const job = /^\/api\/jobs\/([^/]+)$/.exec(path);
  const only = (/** @type {string} */ wanted) => {
    if (method !== wanted) throw new Refused(405, `${path} is not asked with ${method}`);
  };
  if (path === '/api/network') {
    return {
      name: 'made-up market <b>', engine: 'mock 0', checksum: '78ec8adfaf4d64a8', seed: 1, accounts: 20300, follows: creators.reduce((sum, creator) => sum + creator.followers.length, 0), interactions: 7663, posts: 9852,
      creators: creators.length, listed: true, currency: 'VND', personal: true, spread: true,
      assumptions: ['exposure per feed post: 30% of followers up to 5,000 (range 20–40%); assumed, not measured'],
      columns: ['niche', 'platform', 'country'].map((name) => ({ name, values: [...new Set(creators.map((creator) => /** @type {any} */ (creator)[name]))].sort(), numeric: false })).concat([{ name: 'price', values: /** @type {any} */ (null), numeric: true }]),
      uses: [{ status: 'measured', figure: 'followers', how: 'from who follows whom' }, { status: 'assumed', figure: 'reach of the next post', how: 'followers times an assumed exposure' }, { status: 'not estimable', figure: 'how good the forecast is', how: 'needs posts with a time and reach or views' }],
      tools: [{ able: true, what: 'plans under a budget', how: 'from the prices given' }, { able: false, what: 'claimed against observed followers', how: 'needs followers_claimed in the accounts table' }],
      board: board(), map: { ready: ready() },
    };
  }
  if (path === '/api/search') {
    const limit = whole(query, 'limit', 12, 50);
    const found = matching(query.get('text') ?? '');
    return { matches: found.slice(0, limit).map((creator) => ({ id: creator.id, name: creator.name, followers: creator.followers.length, tier: creator.tier, niche: creator.niche, on_board: true })), more: found.length > limit };
  }
  if (path === '/api/creators') {
    const limit = whole(query, 'limit', 50, 200);
    const offset = whole(query, 'offset', 0, 1e9);
    const text = query.get('text');
    let rows;
    try {
      rows = (text ? matching(text) : creators).filter((creator) => meets(creator, query.getAll('where'))).map(row);
    } catch (error) {
      throw new Refused(422, `where: ${/** @type {Error} */ (error).message}`);
    }
    const sort = query.get('sort') ?? 'followers';
    const key = (/** @type {any} */ one) => (sort === 'reach' ? one.reach?.people : sort === 'id' ? fold(one.id) : one[sort]) ?? null;
    const sign = query.get('order') === 'ascending' ? 1 : -1;
    rows.sort((a, b) => {
      const [left, right] = [key(a), key(b)];
      if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
      return sign * (left < right ? -1 : left > right ? 1 : 0);
    });
    return { total: rows.length, offset, rows: rows.slice(offset, offset + limit) };
  }
  if (path === '/api/creator') {
    const creator = known(query.get('id'));
    return { ...row(creator), following: 12, interactions: { like: 4 * creator.followers.length, share: 3 }, direct: ready() ? creator.direct.length : null, board: true };
  }
  if (path === '/api/portfolio') {
    only('POST');
    if (!Array.isArray(body?.creators) || body.creators.length > 500) throw new Refused(422, 'creators: a list of at most 500 ids');
    const chosen = body.creators.map(known);
    if (!ready()) throw new Refused(503, 'people are still being drawn', null, board());
    return plan(chosen);
  }
  if (path === '/api/jobs' && method === 'POST') {
    if (!(body?.kind in ANSWERS) && body?.kind !== 'report') throw new Refused(422, `kind: there is no "${body?.kind}"`);
    for (const id of body.creators ?? []) known(id);
    const id = String(jobs.size + 1);
    jobs.set(id, { id, kind: body.kind, state: 'running', begun: Date.now(), ended: 0, body, result: null, error: null, hint: null });
    return { id };
  }
  if (path === '/api/jobs') return { jobs: [...jobs.values()].map((work) => told(work)) };
  if (job) {
    const work = jobs.get(job[1] ?? '');
    if (!work) throw new Refused(404, 'there is no such job');
    if (method === 'DELETE') {
      settle(work);
      if (work.state !== 'running') throw new Refused(409, `the job is ${work.state} already`);
      Object.assign(work, { state: 'cancelled', ended: Date.now() });
    } else only('GET');
    return told(work, true);
  }
  if (path === '/api/map') {
    if (!ready()) throw new Refused(503, 'the map is being laid out', null, board());
    drawn ??= layout();
    return drawn;
  }
  throw new Refused(404, `there is nothing at ${path}`);
}

/** @type {Map<string, {path: string, type: string}>} */
const files = new Map(JSON.parse(readFileSync(`${web}bundle.json`, 'utf8')).files.map((/** @type {{path: string, type: string}} */ file) => [file.path, file]));

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const send = (/** @type {number} */ status, /** @type {string} */ type, /** @type {string | Buffer} */ body, /** @type {Record<string, string>} */ more = {}) => {
    response.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-store', ...more });
    response.end(body);
  };
  const json = (/** @type {number} */ status, /** @type {unknown} */ body) => send(status, 'application/json', JSON.stringify(body));
  try {
    if (url.pathname === '/' && url.searchParams.get('token') === token) {
      return send(303, 'text/plain', '', { 'Set-Cookie': `truereach=${token}; HttpOnly; SameSite=Strict; Path=/`, Location: '/' });
    }
    const cookies = (request.headers.cookie ?? '').split(/;\s*/);
    if (!cookies.includes(`truereach=${token}`) && request.headers.authorization !== `Bearer ${token}`) {
      throw new Refused(401, 'this page needs the token', 'open the address that truereach serve printed');
    }
    const origin = request.headers.origin;
    if (origin && origin !== `http://${request.headers.host}`) throw new Refused(403, 'this request came from another page');
    if (url.pathname === '/' || url.pathname.startsWith('/assets/')) {
      const file = files.get(url.pathname === '/' ? 'index.html' : url.pathname.slice('/assets/'.length));
      if (!file) throw new Refused(404, `there is nothing at ${url.pathname}`);
      return send(200, file.type, readFileSync(web + file.path));
    }
    const shown = /^\/api\/jobs\/([^/]+)\/report$/.exec(url.pathname);
    if (shown) {
      const work = jobs.get(shown[1] ?? '');
      if (!work || work.kind !== 'report' || work.state !== 'done') throw new Refused(404, 'there is no such report');
      return send(200, 'text/html; charset=utf-8', reportText(work), url.searchParams.get('view') ? {} : { 'Content-Disposition': 'attachment; filename="report.html"' });
    }
    let body;
    if (request.method === 'POST') {
      if (!request.headers['content-type']?.startsWith('application/json')) throw new Refused(415, 'the body must be JSON');
      const parts = [];
      for await (const part of request) parts.push(part);
      body = JSON.parse(Buffer.concat(parts).toString('utf8'));
    }
    const said = answer(request.method ?? 'GET', url, body);
    json(request.method === 'POST' && url.pathname === '/api/jobs' ? 202 : 200, said);
  } catch (error) {
    if (error instanceof Refused) json(error.status, error.body);
    else json(500, { error: String(error), hint: null });
  }
});
server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/?token=${token}`));
