// Gives what the program and its loader call each other by short names, in both files, and names
// the files by their new contents. The names are long (types of Rust, hashes), nobody reads them
// in a deployed page, and a download pays for them twice. Usage: node xtask/shorten.mjs DIRECTORY
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const IMPORTS = 2;
const EXPORTS = 7;
// What else has a name of its own (`memory`, `__wbindgen_start`) keeps it.
const LONG = /^(__wbg_|__wbindgen_generic_|wasm_bindgen_)/;

/** Reads what a module is made of. */
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  number() {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text() {
    return this.take(this.number()).toString();
  }

  /** The bytes that `read` goes over. */
  span(read) {
    const start = this.at;
    read();
    return this.bytes.subarray(start, this.at);
  }
}

function number(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}

const sized = (bytes) => Buffer.concat([number(bytes.length), bytes]);
const text = (word) => sized(Buffer.from(word));

const names = new Map();
function short(name) {
  if (!LONG.test(name)) return name;
  if (!names.has(name)) names.set(name, `$${names.size.toString(36)}`);
  return names.get(name);
}

/** What an import is: a function, a table, a memory, a global. */
function skipImport(reader) {
  const kind = reader.number();
  if (kind === 0) return reader.number();
  if (kind === 3) return reader.take(2);
  if (kind === 1) reader.take(1);
  const limited = reader.number() & 1;
  for (let at = 0; at <= limited; at += 1) reader.number();
}

function renamed(section, id) {
  const reader = new Reader(section);
  const count = reader.number();
  const parts = [number(count)];
  for (let at = 0; at < count; at += 1) {
    if (id === IMPORTS) parts.push(text(reader.text()));
    parts.push(text(short(reader.text())));
    parts.push(reader.span(() => (id === IMPORTS ? skipImport(reader) : (reader.take(1), reader.number()))));
  }
  return Buffer.concat(parts);
}

function shortened(wasm) {
  const reader = new Reader(wasm);
  const parts = [reader.take(8)];
  while (reader.at < wasm.length) {
    const id = reader.number();
    const section = reader.take(reader.number());
    const known = id === IMPORTS || id === EXPORTS;
    parts.push(number(id), sized(known ? renamed(section, id) : section));
  }
  return Buffer.concat(parts);
}

const directory = process.argv[2];
const files = readdirSync(directory);
const old = { wasm: files.find((name) => name.endsWith('_bg.wasm')) };
old.js = old.wasm.replace('_bg.wasm', '.js');
const read = (name) => readFileSync(join(directory, name));

const wasm = shortened(read(old.wasm));
const script = read(old.js).toString();
if (/\$\d/.test(script)) throw new Error('the loader has names such as `$0` already');
const js = script
  .replace(/^ *\/\/ .*\n/gm, '')
  .replace(/[\w$]+/g, (word) => names.get(word) ?? word);

const hash = createHash('sha256').update(wasm).update(js).digest('hex').slice(0, 16);
let html = read('index.html').toString();
for (const [kind, contents] of Object.entries({ wasm, js })) {
  const name = old[kind].replace(/-[0-9a-f]+(?=[_.])/, `-${hash}`);
  renameSync(join(directory, old[kind]), join(directory, name));
  writeFileSync(join(directory, name), contents);
  html = html.replaceAll(old[kind], name);
}
writeFileSync(join(directory, 'index.html'), html);
