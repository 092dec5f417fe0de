// The list of files that the program embeds, with their checksums.
//   node tools/bundle.mjs           writes bundle.json
//   node tools/bundle.mjs --check   fails, with a sentence, where it differs from the files
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { VENDORED } from './vendored.mjs';

const web = fileURLToPath(new URL('..', import.meta.url));

/** @type {Record<string, string>} */
const TYPES = {
  html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml', txt: 'text/plain; charset=utf-8',
};

/** Every file of the page, in the order of its path. @returns {string[]} */
function files() {
  const single = ['icon.svg', 'index.html', 'style.css'];
  const below = ['src', 'vendor'].flatMap((folder) =>
    readdirSync(`${web}${folder}`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.d.ts'))
      .map((entry) => `${entry.parentPath.slice(web.length)}/${entry.name}`));
  return [...single, ...below].sort();
}

/** @param {string} path */
const sum = (path) => createHash('sha256').update(readFileSync(web + path)).digest('hex');

/** @param {string} path */
const type = (path) => TYPES[path.split('/').pop()?.split('.').slice(1).pop() ?? ''] ?? TYPES.txt;

const made = { files: files().map((path) => ({ path, type: type(path), sha256: sum(path) })) };
const text = `${JSON.stringify(made, null, 2)}\n`;

// The same list as the program reads it.
const embedded = `${web}../src/serve/bundle.rs`;
const rust = `//! The files of \`web/\`, made from web/bundle.json by web/tools/bundle.mjs; do not edit.

use super::assets::Asset;

/// Every file of the page.
#[rustfmt::skip]
pub const ASSETS: &[Asset] = assets![
${made.files.map(({ path, type }) => `    ("${path}", "${type}"),\n`).join('')}];
`;

if (!process.argv.includes('--check')) {
  writeFileSync(`${web}bundle.json`, text);
  writeFileSync(embedded, rust);
  const bytes = made.files.reduce((all, { path }) => all + readFileSync(web + path).length, 0);
  console.log(`bundle.json: ${made.files.length} files, ${(bytes / 1024).toFixed(0)} KiB`);
} else {
  const wrong = faults();
  for (const fault of wrong) console.error(fault);
  if (wrong.length > 0) {
    console.error('Run "node tools/vendor.mjs" and "node tools/bundle.mjs" in web/, look at what changed, and commit it.');
    process.exit(1);
  }
  console.log(`bundle.json holds all ${made.files.length} files as they are`);
}

/** What differs, a sentence each. */
function faults() {
  const wrong = [];
  /** @type {{path: string, type: string, sha256: string}[]} */
  let listed = [];
  try {
    listed = JSON.parse(readFileSync(`${web}bundle.json`, 'utf8')).files;
  } catch (error) {
    return [`bundle.json cannot be read: ${error}.`];
  }
  const now = new Map(made.files.map((file) => [file.path, file]));
  const kept = new Map(listed.map((file) => [file.path, file]));
  for (const [path, file] of now) {
    const before = kept.get(path);
    if (!before) wrong.push(`${path} is not listed in bundle.json.`);
    else if (before.sha256 !== file.sha256) wrong.push(`${path} has a checksum other than bundle.json says.`);
    else if (before.type !== file.type) wrong.push(`${path} has a type other than bundle.json says.`);
  }
  for (const path of kept.keys()) if (!now.has(path)) wrong.push(`${path} is listed in bundle.json and is not there.`);
  for (const path of now.keys()) {
    if (path.startsWith('vendor/') && !(path.slice('vendor/'.length) in VENDORED)) wrong.push(`${path} lies in vendor/ and tools/vendored.mjs does not say where it comes from.`);
  }
  for (const [to, from] of Object.entries(VENDORED)) {
    if (!existsSync(`${web}vendor/${to}`)) wrong.push(`vendor/${to} is missing.`);
    else if (!existsSync(`${web}node_modules/${from}`)) wrong.push(`node_modules/${from} is missing: run npm ci.`);
    else if (!readFileSync(`${web}vendor/${to}`).equals(readFileSync(`${web}node_modules/${from}`))) wrong.push(`vendor/${to} is not the file ${from} of the pinned package.`);
  }
  if (wrong.length === 0 && readFileSync(`${web}bundle.json`, 'utf8') !== text) wrong.push('bundle.json is not written as tools/bundle.mjs writes it.');
  if (readFileSync(embedded, 'utf8') !== rust) wrong.push('src/serve/bundle.rs is not the list of bundle.json.');
  return wrong;
}
