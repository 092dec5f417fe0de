// Starts the server under test: the program if TRUEREACH_PROGRAM says where it is, else the mock.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { PROGRAM } from './networks.mjs';

export const REAL = PROGRAM !== '';
export const TOKEN = 'test-token';

/** @typedef {'market' | 'shipped' | 'hostile'} Which */

/** A port that nobody listens on. @returns {Promise<number>} */
const freePort = () => new Promise((resolve, reject) => {
  const probe = createServer();
  probe.once('error', reject);
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
  });
});

/**
 * @param {Which} which
 * @returns {Promise<{base: string, stop: () => void}>}
 */
export async function startServer(which) {
  const port = String(await freePort());
  const networks = JSON.parse(process.env.TRUEREACH_NETWORKS ?? '{}');
  const child = REAL
    ? spawn(PROGRAM, ['serve', networks[which], '--port', port, '--token', TOKEN], { stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn(process.execPath, [fileURLToPath(new URL('mock.mjs', import.meta.url)), '--port', port, '--token', TOKEN], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => {
    said = (said + text).slice(-2000);
  });
  await new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (text) => {
      out += text;
      if (out.includes('?token=')) resolve(undefined);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    setTimeout(() => reject(new Error(`the server printed no address: ${out}${said}`)), 60_000).unref();
  });
  const base = `http://127.0.0.1:${port}`;
  // Tests begin once people and map are drawn; one test looks at the time before.
  for (let tries = 0; tries < 300; tries += 1) {
    const network = await (await fetch(`${base}/api/network`, { headers: { Authorization: `Bearer ${TOKEN}` } })).json();
    if (network.board.ready && network.map.ready) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { base, stop: () => child.kill() };
}
