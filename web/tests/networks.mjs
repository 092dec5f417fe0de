// The networks that the program is tested on, made before the first test. The mock has its own.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { hostileNetwork } from './hostile_network.mjs';

export const PROGRAM = process.env.TRUEREACH_PROGRAM || '';
const shipped = fileURLToPath(new URL('../../datasets/lastfm-asia', import.meta.url));

export default function setUp() {
  if (!PROGRAM) return;
  if (!existsSync(PROGRAM)) throw new Error(`TRUEREACH_PROGRAM: there is no ${PROGRAM}`);
  const folder = mkdtempSync(`${tmpdir()}/truereach-web-`);
  const market = `${folder}/market.trg`;
  const made = spawnSync(PROGRAM, ['generate', 'market', '--people', '20000', '-o', market], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`generate market failed: ${made.stderr}`);
  hostileNetwork(`${folder}/hostile`);
  process.env.TRUEREACH_NETWORKS = JSON.stringify({ shipped, market, hostile: `${folder}/hostile` });
  return () => rmSync(folder, { recursive: true, force: true });
}
