// The harness of the browser tests: a static server, a browser, and a fixture that watches the
// page. It builds nothing; it tests what lies in `dist/` (or in the directory INTERLEAVE_DIST).
//
//   cargo xtask test --browser             build, then every tests/browser/*.test.mjs
//   cargo xtask test --browser open share  build, then the files with `open` or `share` in the name
//   cargo xtask test --browser --no-build open     the same on the `dist/` of the last build
//   node --test tests/browser/open.test.mjs        one file, without any set-up
//
// A test:
//
//   import { test, assert } from './support.mjs';
//
//   test('the transport plays', async ({ open, app }) => {
//     await open({ query: 'embed=1', hash: '#/g/raft-first-election' });
//     await app().getByRole('button', { name: 'Play' }).click();
//   });
//
//   test('it fits a telephone', { viewport: { width: 320, height: 640 } }, async ({ open }) => {…});
//
// Every test gets a server of its own and a fresh browser context, and FAILS by itself when the
// page logs an error, throws, crashes, gets an answer of 400 or more, fails to load something, or
// asks ANY other origin for anything. What a test provokes on purpose it announces:
// `expectProblem(/could not start/)`; an announced problem that does not come fails the test too.
//
// Options of a test (besides those of `newContext` of Playwright, such as `viewport`,
// `colorScheme`, `reducedMotion`, `forcedColors`, `hasTouch`, `permissions`, `offline`):
//   base      the path that the page is served below, '/' unless told: '/a/b/'
//   sandbox   puts the page into <iframe sandbox="…"> with this value; 'allow-scripts' gives it
//             an opaque origin, where storage and workers are blocked
//   storage   'blocked': localStorage, sessionStorage and indexedDB throw at the top level as well
//   headers   further headers of every answer, such as a Content-Security-Policy
//   serviceWorkers   'allow': the page may keep itself for times without a network; 'block' unless told
//   timeout   in ms, 120000 unless told
//
// The fixture:
//   open({ query, hash, wait })   visits the page and waits until the program has started
//             (`wait: false`: until the document is there); returns the Frame that holds it
//   app()     what to look for things in: the page, or the frame when there is a sandbox
//   page, context    Playwright's; `page` is the outermost one
//   fresh(options)   a further context, as a second person has: the same fixture over the same server
//   url({ query, hash })   the address of the page
//   server    { origin, root, requests }: every path asked for so far, in order
//   received()       messages that the page posted to its parent (only with `sandbox`)
//   post(message)    sends a message to the page, as its parent (only with `sandbox`)
//   axe(options)     the violations that axe-core finds in the page, [] if none
//   expectProblem(pattern)   see above
//   t         the context of node:test
//
// When a test fails, a picture of its page is left in target/browser/.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, test as nodeTest } from 'node:test';
import { dist, FRAME_PATH, launch, project, serve } from './site.mjs';

export { assert, dist, project, serve };

const TIMEOUT_MS = 120_000;

/** A test of the page. See the head of this file. */
export function test(name, ...rest) {
  const body = rest.pop();
  const { timeout = TIMEOUT_MS, ...options } = rest.pop() ?? {};
  nodeTest(name, { timeout }, async (t) => {
    const cleanups = [];
    try {
      const server = await serve(options);
      cleanups.push(() => server.close());
      await fixtureFor(t, server, options, cleanups, body);
    } finally {
      for (const cleanup of cleanups.reverse()) await cleanup();
    }
  });
}

let launched;

/** The browser of this file, started by its first test. */
export function browser() {
  launched ??= launch();
  return launched;
}

after(async () => (await launched)?.close());

async function fixtureFor(t, server, options, cleanups, body) {
  const watch = new Watch(server.origin);
  const fixture = await person(t, server, options, watch, cleanups);
  try {
    await body(fixture);
    watch.judge();
  } catch (error) {
    await picture(t.name, fixture.page);
    // The page's own complaint is mostly the reason why the test did not find what it looked for.
    if (watch.problems.length) error.message += `\nThe page:\n  ${watch.problems.join('\n  ')}`;
    throw error;
  }
}

/** One context with one page, as one person has. */
async function person(t, server, options, watch, cleanups) {
  const { base, headers, sandbox, storage, ...contextOptions } = options;
  const context = await (await browser()).newContext({ serviceWorkers: 'block', ...contextOptions });
  cleanups.push(() => context.close());
  await watch.over(context);
  if (storage === 'blocked') await context.addInitScript(blockStorage);
  const page = await context.newPage();
  const app = () => (sandbox === undefined ? page : page.frameLocator('iframe'));
  const url = (where) => addressOf(server, where);
  return {
    t,
    server,
    page,
    context,
    app,
    url,
    expectProblem: (pattern) => watch.expected.push(pattern),
    received: () => page.evaluate(() => globalThis.received),
    post: (message) => page.evaluate((sent) => globalThis.send(sent), message),
    fresh: (more = {}) => person(t, server, { ...options, ...more }, watch, cleanups),
    open: (where) => open(page, sandbox, url(where), where?.wait ?? true),
    axe: (axeOptions) => axe(page, sandbox, axeOptions),
  };
}

function addressOf(server, { query = '', hash = '' } = {}) {
  const search = query && !query.startsWith('?') ? `?${query}` : query;
  return server.root + search + (hash && !hash.startsWith('#') ? `#${hash}` : hash);
}

async function open(page, sandbox, url, wait) {
  let visited = url;
  if (sandbox !== undefined) {
    visited = `${new URL(url).origin}${FRAME_PATH}?${new URLSearchParams({ src: url, sandbox })}`;
  }
  // Visited twice, an address that differs in the fragment alone would not load anything.
  if (page.url() !== 'about:blank') await page.goto('about:blank');
  await page.goto(visited);
  const frame = innermost(page, sandbox);
  if (wait) {
    await frame.waitForSelector('html[data-boot]', { state: 'attached' });
    assert.equal(await frame.evaluate(() => document.documentElement.dataset.boot), 'ready');
  }
  return frame;
}

function innermost(page, sandbox) {
  return sandbox === undefined ? page.mainFrame() : page.frames().at(-1);
}

async function axe(page, sandbox, options = {}) {
  const script = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  const frame = innermost(page, sandbox);
  await frame.evaluate(readFileSync(script, 'utf8'));
  const result = await frame.evaluate((given) => globalThis.axe.run(document, given), options);
  return result.violations.map(({ id, help, nodes }) => ({
    id,
    help,
    targets: nodes.map((node) => node.target.join(' ')),
  }));
}

/** Runs in the page, before anything else there does. */
function blockStorage() {
  for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
    Object.defineProperty(globalThis, name, {
      get() {
        throw new DOMException('storage is blocked', 'SecurityError');
      },
    });
  }
}

/** Everything of a test's pages that must not happen. */
class Watch {
  constructor(origin) {
    this.origin = origin;
    this.problems = [];
    this.expected = [];
  }

  async over(context) {
    const note = (problem) => this.problems.push(problem);
    const foreign = (url) => !/^(data|blob|about):/.test(url) && new URL(url).origin !== this.origin;
    await context.route((url) => foreign(url.href), (route) => route.abort());
    context.on('request', (request) => {
      if (foreign(request.url())) note(`asked another origin: ${request.url()}`);
    });
    context.on('requestfailed', (request) => {
      const why = request.failure()?.errorText;
      // Leaving a page ends what it still waits for.
      if (!foreign(request.url()) && why !== 'net::ERR_ABORTED') note(`${request.url()}: ${why}`);
    });
    context.on('response', (response) => {
      if (response.status() >= 400) note(`${response.url()}: ${response.status()}`);
    });
    context.on('console', (message) => {
      if (message.type() === 'error') note(`console: ${message.text()}`);
    });
    context.on('weberror', (problem) => note(`thrown: ${problem.error()}`));
    context.on('page', (page) => {
      page.on('crash', () => note('the page crashed'));
      page.on('websocket', (socket) => note(`opened a socket: ${socket.url()}`));
    });
  }

  judge() {
    const unexpected = this.problems.filter((problem) => !this.expected.some((p) => p.test(problem)));
    assert.deepEqual(unexpected, [], 'the page had problems');
    const missing = this.expected.filter((pattern) => !this.problems.some((p) => pattern.test(p)));
    assert.deepEqual(missing, [], 'a problem was expected and did not come');
  }
}

async function picture(name, page) {
  const directory = join(project, 'target/browser');
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.png`);
  await page.screenshot({ path, timeout: 5_000 }).catch(() => {});
}
