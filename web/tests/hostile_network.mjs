// A network whose accounts have names that a page which trusts its data would break on.

import { mkdirSync, writeFileSync } from 'node:fs';
import { HOSTILE, random } from './mock/market.mjs';

/** @param {string} folder to make */
export function hostileNetwork(folder) {
  mkdirSync(folder, { recursive: true });
  const next = random(5);
  const cell = (/** @type {string} */ text) => `"${text.replaceAll('"', '""')}"`;
  const follows = HOSTILE.flatMap((name, at) => Array.from({ length: 120 + 40 * at }, () => `p${Math.floor(900 * next())},${cell(name)}`));
  writeFileSync(`${folder}/follows.csv`, `follower,followee\n${follows.join('\n')}\n`);
  writeFileSync(`${folder}/creators.csv`, `handle,niche,price,currency\n${HOSTILE.map((name, at) => `${cell(name)},${cell(at % 2 ? '<b>beauty</b>' : 'food')},${1000 + 100 * at},USD`).join('\n')}\n`);
  writeFileSync(`${folder}/network.toml`, 'title = "<i>hostile</i>"\nview = "whole"\n\n[[file]]\npath = "follows.csv"\nedges = "follower,followee"\n\n[creators]\npath = "creators.csv"\nid = "handle"\nniche = "niche"\n');
}
