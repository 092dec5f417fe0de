// How long until the page is seen: node tools/paint.mjs 'http://127.0.0.1:8321/?token=…'
// Five loads in a new browser each, nothing kept; prints the first contentful paint of each in milliseconds.
import { chromium } from '@playwright/test';

const address = process.argv[2];
if (!address) {
  console.error('expected the address that truereach serve printed');
  process.exit(2);
}
const times = [];
for (let load = 0; load < 5; load += 1) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage();
  await page.goto(address);
  await page.waitForSelector('h1');
  await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
  times.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN));
  await browser.close();
}
times.sort((a, b) => a - b);
console.log(`first contentful paint: median ${(times[2] ?? NaN).toFixed(0)} ms, of ${times.map((time) => time.toFixed(0)).join(', ')}`);
