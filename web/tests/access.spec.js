// No serious fault of access in any view, by axe-core, in light and in dark.

import { AxeBuilder } from '@axe-core/playwright';
import { addFirst, expect, fits, go, options, test, unstick } from './fixtures.js';

/**
 * Of the faults that axe knows only contrast depends on the scheme, so that in dark nothing else is looked for again.
 * @param {import('@playwright/test').Page} page
 * @param {string} view
 * @param {'light' | 'dark'} scheme
 */
async function check(page, view, scheme) {
  // axe measures what of a field is not covered; what lies under the foot of the screen can be scrolled free.
  const loose = await unstick(page);
  const axe = new AxeBuilder({ page });
  const { violations } = await (scheme === 'dark' ? axe.withRules(['color-contrast']) : axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])).analyze();
  await loose();
  await fits(page);
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${view}: ${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)).toEqual([]);
}

for (const scheme of /** @type {const} */ (['light', 'dark'])) {
  test(`no serious fault in ${scheme}`, async ({ page, open, shot }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await open('market');
    await addFirst(page, 3);
    await check(page, 'creators', scheme);
    await page.getByRole('combobox', { name: 'Find a creator' }).fill('an');
    await expect(options(page).first()).toBeVisible();
    await check(page, 'search', scheme);
    await page.keyboard.press('Escape');

    await page.locator('.person-link').first().click();
    await page.getByRole('button', { name: 'Show the way to real reach' }).click();
    await expect(page.locator('.verb')).toBeVisible();
    await page.locator('.verb summary').first().click();
    await check(page, 'creator', scheme);
    await shot(`creator-${scheme}`);

    await go(page, 'Plan');
    await page.getByRole('button', { name: 'Draw the frontier' }).click();
    await expect(page.getByRole('slider')).toBeVisible({ timeout: 40_000 });
    await page.getByText('Must, must not, and rules').click();
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await check(page, 'plan', scheme);
    await shot(`plan-${scheme}`);

    await go(page, 'Map');
    await expect(page.locator('.map-drawing')).toHaveAttribute('data-drawn', /./);
    await page.locator('.community summary').first().click();
    await check(page, 'map', scheme);
    await shot(`map-${scheme}`);

    await go(page, 'Risk');
    await page.getByRole('button', { name: 'Work out the risk' }).click();
    await expect(page.locator('.verb')).toBeVisible();
    await check(page, 'risk', scheme);

    await go(page, 'Data');
    await check(page, 'data', scheme);
    await shot(`data-${scheme}`);
  });
}
