// Prints how large the page is, as it lies there and as a browser downloads it (brotli), and the
// hashes of its inline scripts for the content security policy of a host.
// Usage: node xtask/sizes.mjs DIRECTORY
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const directory = process.argv[2] ?? 'dist';
const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };

const rows = readdirSync(directory, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const bytes = readFileSync(path);
    return { path, bytes: bytes.length, brotli: brotliCompressSync(bytes, options).length };
  })
  .sort((a, b) => b.brotli - a.brotli);

const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
rows.push({ path: 'in all', bytes: sum('bytes'), brotli: sum('brotli') });
console.log(`${'bytes'.padStart(10)}${'brotli'.padStart(10)}`);
for (const { path, bytes, brotli } of rows) {
  console.log(`${String(bytes).padStart(10)}${String(brotli).padStart(10)}  ${path}`);
}

const page = join(directory, 'index.html');
const html = existsSync(page) ? readFileSync(page, 'utf8') : '';
for (const [, script] of html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)) {
  console.log(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
}
