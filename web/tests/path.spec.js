// The planner's way: open, search, build a plan, move the budget, look at the risk, make the report; a reload keeps it.

import { addFirst, expect, go, options, test } from './fixtures.js';

const INTERVAL = /^[\d,.]+ \([\d,.]+–[\d,.]+\)/;

test('from the first search to the report', async ({ page, open, shot }) => {
  await open('market');
  await expect(page).toHaveTitle(/^Creators/);

  // Search with type-ahead, and add the one found from its page.
  const first = (await page.locator('.creators-table .person-link').first().innerText()).trim();
  const field = page.getByRole('combobox', { name: 'Find a creator' });
  await field.fill(first.replace(/^@/, '').slice(0, 5));
  const found = options(page);
  await expect(found.first()).toBeVisible();
  await expect(field).toHaveAttribute('aria-expanded', 'true');
  await shot('search');
  await found.first().click();
  await expect(page).toHaveURL(/#\/creator\//);
  await expect(page.locator('main h1')).toBeFocused();
  await expect(page.locator('.total-big .figure')).toHaveText(INTERVAL);
  await page.getByRole('button', { name: /^Add .* to the plan$/ }).click();
  await expect(page.locator('#plan-size')).toHaveText('1');

  // More from the table; the bar at the foot follows at once.
  await go(page, 'Creators');
  const adders = page.locator('.creators-table .toggle:not(.is-in)');
  for (let n = 2; n <= 4; n += 1) {
    await adders.nth(1).click();
    await expect(page.locator('#plan-size')).toHaveText(String(n));
  }
  await expect(page.locator('#plan-bar .figure')).toHaveText(INTERVAL);
  await shot('creators');

  await go(page, 'Plan');
  const reach = page.locator('.totals .total-big .figure');
  await expect(reach).toHaveText(INTERVAL);
  await expect(page.locator('.totals')).toContainText('Directly');
  await expect(page.locator('.totals')).toContainText('Beyond');
  await expect(page.locator('.members tbody tr')).toHaveCount(4);
  await expect(page.getByRole('region', { name: 'Totals of the plan' }).locator('.badge')).toHaveText(/assumed|estimated/);
  const before = await reach.innerText();

  // Taking one out changes the totals; undo brings it back, and the same figures.
  await page.locator('.members').getByRole('button', { name: /^Remove/ }).last().click();
  await expect(page.locator('.members tbody tr')).toHaveCount(3);
  await expect(reach).not.toHaveText(before);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('.members tbody tr')).toHaveCount(4);
  await expect(reach).toHaveText(before);

  // The budget.
  await page.getByRole('button', { name: 'Draw the frontier' }).click();
  const slider = page.getByRole('slider');
  await expect(slider).toBeVisible({ timeout: 40_000 });
  await expect(page.locator('.chart canvas')).toBeVisible();
  await slider.focus();
  await slider.press('Home');
  const low = await slider.getAttribute('aria-valuetext');
  await slider.press('ArrowRight');
  await slider.press('ArrowRight');
  await expect(slider).not.toHaveAttribute('aria-valuetext', low ?? '');
  await expect(slider).toHaveAttribute('aria-valuetext', /people/);
  await shot('plan');
  await page.locator('.point').getByRole('button', { name: 'Take this plan' }).click();
  await expect(page.locator('.members tbody tr')).not.toHaveCount(4);
  await expect(reach).toHaveText(INTERVAL);
  const size = await page.locator('.members tbody tr').count();

  // Whose followers are whose.
  if (size > 1) {
    await page.getByRole('button', { name: 'Show who follows whom' }).click();
    await expect(page.getByRole('region', { name: 'Shared audience' }).locator('.verb')).toBeVisible();
  }

  // The risk.
  await go(page, 'Risk');
  await page.getByRole('button', { name: 'Work out the risk' }).click();
  await expect(page.locator('.verb table').first()).toBeAttached();
  await expect(page.locator('.verb .notes').first()).toBeAttached();
  await shot('risk');

  // The report.
  await go(page, 'Plan');
  await page.getByLabel('Client').fill('Acme <b>& sons</b>');
  await page.getByLabel('Language').selectOption('vi');
  await page.getByRole('button', { name: 'Make the report' }).click();
  const report = page.getByRole('link', { name: 'Open the report' });
  await expect(report).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).click()]);
  expect(await download.failure()).toBeNull();
  const address = await report.getAttribute('href');
  const answer = await page.request.get(new URL(address ?? '', page.url()).href);
  expect(answer.ok()).toBe(true);
  expect(await answer.text()).toMatch(/<html[^>]* lang="vi"/);

  // A reload keeps the place and the plan.
  await page.reload();
  await expect(page.locator('main h1')).toHaveText('Plan');
  await expect(page.locator('.members tbody tr')).toHaveCount(size);
  await expect(reach).toHaveText(INTERVAL);
});

test('the shipped network, which has no prices: the budget counts creators', async ({ page, open }) => {
  await open('shipped');
  await addFirst(page, 2);
  await go(page, 'Plan');
  await page.getByRole('region', { name: 'Budget' }).getByLabel('Creators at most').fill('6');
  const money = page.getByLabel('Budget up to');
  if (await money.count()) await money.fill('');
  await page.getByRole('button', { name: 'Draw the frontier' }).click();
  const slider = page.getByRole('slider');
  await expect(slider).toBeVisible({ timeout: 40_000 });
  await slider.focus();
  await slider.press('End');
  await page.locator('.point').getByRole('button', { name: 'Take this plan' }).click();
  await expect(page.locator('.members tbody tr')).toHaveCount(6);
});

test('the table sorts, filters and pages, and a reload keeps it so', async ({ page, open }) => {
  await open('market');
  const rows = page.locator('.creators-table tbody tr');
  await expect(rows.first()).toBeVisible();
  const wide = (page.viewportSize()?.width ?? 0) > 720;
  if (wide) {
    const head = page.getByRole('columnheader', { name: /^Price/ });
    await head.getByRole('button').click();
    await expect(head).toHaveAttribute('aria-sort', 'ascending');
    await expect(head.getByRole('button')).toBeFocused();
    await head.getByRole('button').click();
    await expect(head).toHaveAttribute('aria-sort', 'descending');
    await expect(page).toHaveURL(/sort=price/);
  }
  const total = async () => Number(/of ([\d,]+)/.exec(await page.locator('.found').innerText())?.[1]?.replaceAll(',', ''));
  const all = await total();
  await page.getByLabel('Niche').selectOption({ index: 1 });
  await expect(page).toHaveURL(/niche=/);
  await expect.poll(total).toBeLessThan(all);
  await page.getByLabel('Followers from').fill('20');
  await page.getByLabel('Followers from').press('Enter');
  await expect(page).toHaveURL(/followers%3E=20/);
  await page.reload();
  await expect(page.getByLabel('Followers from')).toHaveValue('20');
  await expect(rows.first()).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect.poll(total).toBe(all);
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page).toHaveURL(/page=2/);
  await expect(page.locator('.found')).toContainText(/^26–50/);
});

test('a plan under limits says who, how good, and can be taken', async ({ page, open, shot }) => {
  await open('market', '#/portfolio');
  await expect(page.locator('.empty').first()).toBeVisible();
  await expect(page.locator('.totals .missing').first()).toHaveText(/–/);
  await shot('plan-empty');
  const part = page.getByRole('region', { name: 'Plan under limits' });
  await part.getByLabel('Creators at most').fill('4');
  await part.getByText('Must, must not, and rules').click();
  await part.getByRole('button', { name: 'Add a rule' }).click();
  await part.getByLabel('Group').selectOption({ index: 0 });
  await part.getByRole('button', { name: 'Find the best plan' }).click();
  await expect(part.locator('.verb')).toBeVisible();
  await expect(part.locator('.verb')).toContainText(/quality of the plan/i);
  await expect(part.locator('.verb')).not.toContainText(/certificate|cascade/i);
  await part.getByRole('button', { name: 'Take this plan' }).click();
  await expect(page.locator('.members tbody tr')).toHaveCount(4);
});

test('an older answer never replaces a newer one, and nothing shows nought meanwhile', async ({ page, open, forgive }) => {
  forgive(/ERR_ABORTED|net::/);
  await open('market');
  await addFirst(page, 2);
  await go(page, 'Plan');
  const reach = page.locator('.totals .total-big .figure-main');
  await expect(reach).toHaveText(/\d/);
  const two = await reach.innerText();
  let slow = true;
  await page.route('**/api/portfolio', async (route) => {
    const late = slow;
    slow = false;
    if (late) await new Promise((resolve) => setTimeout(resolve, 1200));
    await route.continue().catch(() => {});
  });
  await page.evaluate(() => {
    const seen = /** @type {string[]} */ ([]);
    Object.assign(window, { seen });
    new MutationObserver(() => seen.push(document.querySelector('.totals .total-big .figure-main')?.textContent ?? 'gone')).observe(/** @type {Element} */ (document.querySelector('.totals')), { subtree: true, childList: true, characterData: true });
  });
  await page.locator('.members').getByRole('button', { name: /^Remove/ }).last().click();
  await expect(page.locator('.totals-panel')).toHaveAttribute('aria-busy', 'true');
  await expect(reach).toHaveText(two);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('.totals-panel')).toHaveAttribute('aria-busy', 'false');
  await page.waitForTimeout(1500);
  await expect(reach).toHaveText(two);
  const seen = await page.evaluate(() => /** @type {any} */ (window).seen);
  expect(seen).not.toContain('0');
  expect(seen).not.toContain('gone');
});
