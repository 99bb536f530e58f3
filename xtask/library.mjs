// Writes the scenarios of the library into one file, in their order, for the page: each after a
// line `=== ID`. Usage: node xtask/library.mjs FILE
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const HEAD = '=== ';

const source = readFileSync('src/scenario/library.rs', 'utf8');
const ids = [...source.matchAll(/^ +entry!\("([^"]+)"\),$/gm)].map(([, id]) => id);
if (!ids.length) throw new Error('src/scenario/library.rs names no scenario');

const parts = ids.map((id) => {
  const text = readFileSync(`src/scenario/library/${id}.scenario`, 'utf8');
  if (text.includes(HEAD)) throw new Error(`${id} holds \`${HEAD}\`, which parts the scenarios`);
  return `${HEAD}${id}\n${text}`;
});
const file = process.argv[2];
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, parts.join(''));
