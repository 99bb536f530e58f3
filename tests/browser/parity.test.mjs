// The same text gives the same run: the command line and the page agree on the number of events,
// on the virtual time and on the digest, for every scenario of the library and for made-up ones.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, project, test } from './support.mjs';

const library = join(project, 'src/scenario/library');

/** The command line, built if it is out of date: cargo knows where it put it. */
function program() {
  const build = ['build', '--locked', '--bin', 'interleave', '--message-format', 'json'];
  const told = execFileSync('cargo', build, {
    cwd: project,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const messages = told.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const found = messages.findLast(({ executable, target }) => executable && target.name === 'interleave');
  assert.ok(found, 'cargo names the program that it has built');
  return found.executable;
}

/** What the command line says of a text: the same words as those of `window.interleave.digest`. */
function natively(interleave, text) {
  const told = execFileSync(interleave, ['run', '-', '--json'], {
    input: text,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const { steps, time_us, digest } = JSON.parse(told);
  return `${steps} ${time_us} ${digest}`;
}

/** A small generator, so that the made-up texts are the same each time. */
function chance(seed) {
  let state = seed;
  return (bound) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % bound;
  };
}

/** A text with faults of every kind, drawn by chance. Times grow, as the format wants it. */
function madeUp(number) {
  const below = chance(1_000 + number);
  const nodes = 3 + 2 * below(3);
  const node = () => `n${1 + below(nodes)}`;
  const other = (than) => {
    const place = Number(than.slice(1));
    return `n${((place + below(nodes - 1)) % nodes) + 1}`;
  };
  const delays = ['5ms..20ms', '5ms+exp(12ms)', '1ms..90ms'];
  const lines = [
    'interleave 1',
    `title "Made up, number ${number}"`,
    `raft nodes=${nodes} clients=2`,
    `seed ${below(1_000_000)}`,
    `network delay=${delays[below(3)]} loss=${below(10)}% duplicate=${below(10)}%`,
  ];
  const actions = [
    () => `c${1 + below(2)} put ${'xyz'[below(3)]} ${below(100)}`,
    () => `c${1 + below(2)} get ${'xyz'[below(3)]}`,
    () => `crash ${node()}`,
    () => 'restart all',
    () => `pause ${node()} for ${10 + below(400)}ms`,
    () => 'heal',
    () => `partition n1 n2 | ${Array.from({ length: nodes - 2 }, (_, k) => `n${k + 3}`).join(' ')}`,
    () => `clock ${node()} drift=+${below(400)}ppm`,
    () => {
      const from = node();
      return `link ${from} > ${other(from)} delay=${below(200)}ms loss=${below(60)}%`;
    },
  ];
  for (let at = 100; at < 3_000; at += 50 + below(150)) {
    lines.push(`at ${at}ms ${actions[below(actions.length)]()}`);
  }
  return [...lines, 'until 3s', ''].join('\n');
}

test('the page and the command line agree on every run', { timeout: 600_000 }, async ({ open, page }) => {
  const interleave = program();
  const files = readdirSync(library).filter((name) => name.endsWith('.scenario'));
  assert.ok(files.length >= 12, `${files.length} scenarios in the library`);
  const texts = files.map((name) => [name, readFileSync(join(library, name), 'utf8')]);
  for (let number = 0; number < 50; number += 1) {
    texts.push([`made up ${number}`, madeUp(number)]);
  }
  await open();
  for (const [name, text] of texts) {
    const here = natively(interleave, text);
    assert.match(here, /^\d+ \d+ [0-9a-f]{16}$/, name);
    const there = await page.evaluate((given) => globalThis.interleave.digest(given), text);
    assert.equal(there, here, `${name}:\n${text}`);
  }
});
