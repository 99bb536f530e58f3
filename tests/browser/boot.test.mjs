// The page starts wherever it is put, and asks nobody but its own host.

import { readdirSync } from 'node:fs';
import { assert, dist, test } from './support.mjs';

test('the page starts at the root of a host', async ({ open, page, server }) => {
  await open();
  assert.match(await page.title(), /Interleave/);
  assert.ok(server.requests.some((path) => path.endsWith('.wasm')), 'the program was loaded');
});

test('everything is found below a sub-path', { base: '/a/b/' }, async ({ open, server }) => {
  await open();
  const outside = server.requests.filter((path) => !path.startsWith('/a/b/'));
  assert.deepEqual(outside, []);
});

test('nothing is loaded twice', async ({ open, server }) => {
  await open();
  const twice = server.requests.filter((path, at, all) => all.indexOf(path) !== at);
  assert.deepEqual(twice, []);
});

test('it starts in a sandboxed frame', { sandbox: 'allow-scripts' }, async ({ open }) => {
  const frame = await open({ query: 'embed=1' });
  const denied = await frame.evaluate(() => {
    try {
      return localStorage.length === undefined;
    } catch (error) {
      return error.name;
    }
  });
  assert.equal(denied, 'SecurityError', 'the frame is as strict as the test says');
});

test('it starts where storage is blocked', { storage: 'blocked' }, async ({ open }) => {
  await open();
});

test('a program that cannot load is reported, not waited for', async (fixture) => {
  const { open, page, context, expectProblem } = fixture;
  expectProblem(/\.wasm: net::ERR_FAILED/);
  expectProblem(/console: /);
  await context.route('**/*.wasm', (route) => route.abort());
  await open({ wait: false });
  await page.waitForSelector('html[data-boot="failed"]', { state: 'attached' });
  await page.getByRole('alert').filter({ hasText: 'could not start' }).waitFor();
});

test('a request to another origin fails a test', async ({ open, page, expectProblem }) => {
  expectProblem(/asked another origin: https:\/\/example\.com\//);
  expectProblem(/console: Failed to load resource/);
  await open();
  await page.evaluate(() => fetch('https://example.com/').catch(() => {}));
});

test('the built files name the program by its content', () => {
  const program = readdirSync(dist).filter((name) => name.endsWith('.wasm'));
  assert.equal(program.length, 1);
  // Trunk leaves the zeros out that a hash starts with.
  assert.match(program[0], /-[0-9a-f]{8,16}_bg\.wasm$/);
});
