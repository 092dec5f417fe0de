import { defineConfig } from '@playwright/test';

const chromium = process.env.CHROMIUM || '/usr/bin/chromium';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 20_000 },
  fullyParallel: true,
  workers: 2,
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  globalSetup: './tests/networks.mjs',
  use: {
    browserName: 'chromium',
    // The map needs WebGL, which a machine without a screen draws in software.
    launchOptions: { executablePath: chromium, args: ['--no-sandbox', '--enable-unsafe-swiftshader', '--use-angle=swiftshader'] },
    trace: 'off',
  },
  projects: [
    { name: 'wide', use: { viewport: { width: 1280, height: 800 } } },
    { name: 'narrow', use: { viewport: { width: 390, height: 844 }, hasTouch: true } },
  ],
});
