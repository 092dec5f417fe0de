// What every test has: a server for each worker, and a page that fails the test on any error in the console, on any
// request to another place, and on a page wider than the screen.

import { test as plain, expect } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { TOKEN, startServer } from './server.js';

/** @typedef {import('./server.js').Which} Which */
/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {{open: (which: Which, hash?: string) => Promise<string>, forgive: (pattern: RegExp) => void, shot: (name: string) => Promise<void>}} Own */
/** @typedef {{servers: (which: Which) => Promise<string>}} Shared */

/** @typedef {(value: any) => Promise<void>} Use */

/** A server for each network that a test of this worker asks for. @param {object} given @param {Use} use */
async function servers({}, use) {
  /** @type {Map<Which, Promise<{base: string, stop: () => void}>>} */
  const running = new Map();
  await use(async (/** @type {Which} */ which) => {
    let server = running.get(which);
    if (!server) {
      server = startServer(which);
      running.set(which, server);
    }
    return (await server).base;
  });
  for (const server of running.values()) await server.then(({ stop }) => stop(), () => {});
}

/** Watches the page; a test may say which faults it causes on purpose. @param {{page: Page}} given @param {Use} use */
async function forgive({ page }, use) {
  /** @type {RegExp[]} */
  const forgiven = [];
  /** @type {string[]} */
  const faults = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || (message.type() === 'warning' && !/GPU stall|GL Driver|WebGL/.test(message.text()))) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (['blob:', 'data:'].includes(url.protocol)) return;
    if (url.hostname !== '127.0.0.1') faults.push(`request to ${request.url()}`);
    else if (page.url().startsWith('http') && url.origin !== new URL(page.url()).origin) faults.push(`request to another origin: ${request.url()}`);
  });
  await use((/** @type {RegExp} */ pattern) => forgiven.push(pattern));
  expect(faults.filter((fault) => !forgiven.some((pattern) => pattern.test(fault)))).toEqual([]);
  if (!page.isClosed() && page.url().startsWith('http')) {
    await fits(page);
  }
}

/** Opens a network as the printed address does. @param {{page: Page, servers: Shared['servers'], forgive: unknown}} given @param {Use} use */
async function open({ page, servers: serve, forgive: _watching }, use) {
  await use(async (/** @type {Which} */ which, hash = '') => {
    const base = await serve(which);
    await page.goto(`${base}/?token=${TOKEN}`);
    await expect(page).toHaveURL(/^[^?]+$/);
    if (hash) await page.goto(`${base}/${hash}`);
    await expect(page.locator('main h1')).toBeVisible();
    return base;
  });
}

/** A picture of the whole page, where TRUEREACH_SHOTS names a folder for them. @param {{page: Page}} given @param {Use} use @param {import('@playwright/test').TestInfo} testInfo */
async function shot({ page }, use, testInfo) {
  await use(async (/** @type {string} */ name) => {
    const folder = process.env.TRUEREACH_SHOTS;
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    const loose = await unstick(page);
    await page.screenshot({ path: `${folder}/${name}-${testInfo.project.name}.png`, fullPage: true, animations: 'disabled' });
    await loose();
  });
}

/** Lets what sticks to the edges of the screen lie where it belongs, until the answer is called. @param {Page} page */
export async function unstick(page) {
  const set = (/** @type {string} */ to) => page.evaluate((position) => document.querySelectorAll('.top, .dock').forEach((one) => /** @type {HTMLElement} */ (one).style.setProperty('position', position)), to);
  await set('static');
  return () => set('');
}

// Playwright reads from the names of a fixture's first parameter what it needs.
export const test = /** @type {import('@playwright/test').TestType<import('@playwright/test').PlaywrightTestArgs & import('@playwright/test').PlaywrightTestOptions & Own, import('@playwright/test').PlaywrightWorkerArgs & import('@playwright/test').PlaywrightWorkerOptions & Shared>} */ (
  plain.extend(/** @type {any} */ ({ servers: [servers, { scope: 'worker' }], forgive, open, shot }))
);
export { expect };

/** Nothing makes the page scroll sideways. @param {Page} page */
export async function fits(page) {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `the page scrolls sideways: ${page.url()}`).toBeLessThanOrEqual(0);
}

/** Puts the first creators of the table into the plan. @param {Page} page @param {number} n */
export async function addFirst(page, n) {
  await expect(page.locator('.creators-table .toggle').first()).toBeVisible();
  for (let at = 0; at < n; at += 1) await page.locator('.creators-table .toggle').nth(at).click();
  await expect(page.locator('#plan-bar')).toContainText('people');
  await expect(page.locator('#plan-bar')).toHaveAttribute('aria-busy', 'false');
}

/** Goes to a view by the main navigation. @param {Page} page @param {string} name */
export async function go(page, name) {
  await fits(page);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: new RegExp(`^${name}`) }).click();
  await expect(page.locator('main h1')).toBeFocused();
}

/** What type-ahead proposes. @param {Page} page */
export const options = (page) => page.locator('.options [role=option]');
