// Copies the libraries that the page ships from node_modules, as they are, with their licences.
//   node tools/vendor.mjs
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VENDORED } from './vendored.mjs';

const web = fileURLToPath(new URL('..', import.meta.url));
for (const [to, from] of Object.entries(VENDORED)) {
  mkdirSync(dirname(`${web}vendor/${to}`), { recursive: true });
  copyFileSync(`${web}node_modules/${from}`, `${web}vendor/${to}`);
  console.log(`vendor/${to} from ${from}`);
}
