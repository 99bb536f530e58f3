// The page starts wherever it is put, and asks nobody but its own host.

import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, dist, project, serve, test } from './support.mjs';

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

/** Each way in which the program cannot start: what is done to the page, and what is then said. */
const FAILURES = {
  'the program does not load': {
    async before({ context, expectProblem }) {
      expectProblem(/\.wasm: net::ERR_FAILED/);
      await context.route('**/*.wasm', (route) => route.abort());
    },
    said: /fetch/i,
  },
  'the program is not there': {
    async before({ context, expectProblem }) {
      expectProblem(/\.wasm: 404/);
      await context.route('**/*.wasm', (route) => route.fulfill({ status: 404, body: 'nothing' }));
    },
    said: /wasm|response/i,
  },
  'the program is garbled': {
    async before({ context }) {
      const answer = { contentType: 'application/wasm', body: Buffer.from('no program at all') };
      await context.route('**/*.wasm', (route) => route.fulfill(answer));
    },
    said: /CompileError/,
  },
  'the loader is not there': {
    async before({ context, expectProblem }) {
      expectProblem(/\.js: 404/);
      await context.route(/interleave-[^/]*\.js$/, (route) => route.fulfill({ status: 404, body: '' }));
    },
    said: /import|module/i,
  },
  'the library does not load': {
    async before({ context, expectProblem }) {
      expectProblem(/library-.*: net::ERR_FAILED/);
      await context.route(/\/library-/, (route) => route.abort());
    },
    said: /fetch/i,
  },
  'the library is not there': {
    async before({ context, expectProblem }) {
      expectProblem(/library-.*: 404/);
      await context.route(/\/library-/, (route) => route.fulfill({ status: 404, body: 'nothing' }));
    },
    said: /library-.*404/,
  },
  'there is no WebAssembly': {
    before: ({ page }) => page.addInitScript(() => delete globalThis.WebAssembly),
    said: /no WebAssembly, or it is switched off/,
  },
  'the program fails as it starts': {
    before: ({ page }) => page.addInitScript(() => {
      for (const name of ['instantiate', 'instantiateStreaming']) {
        const real = WebAssembly[name];
        WebAssembly[name] = async (...given) => {
          const { instance, module } = await real.apply(WebAssembly, given);
          const exports = {
            ...instance.exports,
            __wbindgen_start() { throw new WebAssembly.RuntimeError('unreachable'); },
          };
          return { module, instance: { exports } };
        };
      }
    }),
    said: /unreachable/,
  },
};
for (const [name, { before, said }] of Object.entries(FAILURES)) {
  for (const width of [1280, 320]) {
    test(`${name}: a card says so and keeps the link, ${width} px`,
      { viewport: { width, height: 480 } }, async (fixture) => {
        const { open, page, axe, expectProblem } = fixture;
        expectProblem(/console: /);
        await before(fixture);
        await open({ query: 'embed=1', hash: '#/s/1.abc&t=1s', wait: false });
        await page.waitForSelector('html[data-boot="failed"]', { state: 'attached' });
        const card = page.getByRole('alert').filter({ hasText: 'could not start' });
        await card.waitFor();
        assert.match(await card.locator('code').innerText(), said);
        assert.equal(await page.getByLabel('Your link').inputValue(), page.url());
        assert.ok(page.url().endsWith('#/s/1.abc&t=1s'));
        assert.equal(await page.locator('#root').isVisible(), false, 'no poster behind it');
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${wide} px wide`);
        assert.deepEqual(await axe(), []);
        await Promise.all([
          page.waitForNavigation({ waitUntil: 'commit' }),
          page.getByRole('button', { name: 'Load the page again' }).and(page.locator('.card *')).click(),
        ]);
      });
  }
}

test('another text in place of the library: a card says so', async (fixture) => {
  const { open, page, context, expectProblem } = fixture;
  expectProblem(/console: /);
  // As hosts do that answer every address with the page.
  const answer = { contentType: 'text/html', body: '<!doctype html><title>=== no library</title>' };
  await context.route(/\/library-/, (route) => route.fulfill(answer));
  await open({ hash: '#/g/raft-figure-8', wait: false });
  await page.waitForSelector('html[data-boot="failed"]', { state: 'attached' });
  const card = page.getByRole('alert').filter({ hasText: 'cannot go on' });
  assert.match(await card.locator('code').innerText(), /library/);
  assert.ok((await page.getByLabel('Your link').inputValue()).endsWith('#/g/raft-figure-8'));
});

test('the library that is loaded holds every scenario of its folder', () => {
  const [name, ...more] = readdirSync(dist).filter((name) => name.startsWith('library-'));
  assert.deepEqual(more, []);
  assert.match(name, /-[0-9a-f]{8,16}\.txt$/);
  const loaded = readFileSync(join(dist, name), 'utf8').split('=== ').slice(1).sort();
  const folder = join(project, 'src/scenario/library');
  const text = (file) => readFileSync(join(folder, file), 'utf8');
  const files = readdirSync(folder).map((file) => `${file.slice(0, -'.scenario'.length)}\n${text(file)}`);
  assert.deepEqual(loaded, files.sort());
});

test('who waits long is told, and need not go on waiting', async ({ open, page, context }) => {
  await page.clock.install();
  let go;
  const held = new Promise((done) => { go = done; });
  await context.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await open({ wait: false });
  const note = page.getByText('This takes longer than it should');
  assert.equal(await note.isVisible(), false);
  await page.clock.fastForward(11_000);
  await note.waitFor();
  assert.ok(await page.getByRole('button', { name: 'Load the page again' }).isVisible());
  go();
  await page.waitForSelector('html[data-boot="ready"]', { state: 'attached' });
  assert.equal(await note.count(), 0);
});

test('the poster is there while the program is not, and the focus nowhere', async ({ open, page, context }) => {
  let go;
  const held = new Promise((done) => { go = done; });
  await context.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await open({ wait: false });
  await page.getByRole('img', { name: 'Five nodes, one of which leads' }).waitFor();
  go();
  await page.waitForSelector('html[data-boot="ready"]', { state: 'attached' });
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'BODY');
});

/** Waits until the page keeps itself for times without a network. */
const kept = (page) => page.evaluate(async () => {
  const { active } = await navigator.serviceWorker.ready;
  while (active.state !== 'activated') await new Promise((done) => setTimeout(done, 20));
});

test('after the first visit it works without a network, below any path',
  { base: '/a/b/', serviceWorkers: 'allow' }, async ({ open, app, page, context, expectProblem }) => {
    await open({ hash: '#/g/raft-split-vote' });
    await kept(page);
    expectProblem(/ERR_INTERNET_DISCONNECTED|Failed to load resource/);
    await context.setOffline(true);
    const offline = await page.evaluate(() => fetch('index.html?gone', { cache: 'no-store' }).catch(() => 'offline'));
    assert.equal(offline, 'offline');
    for (const query of ['', 'theme=dark', 'embed=1']) {
      await open({ query, hash: '#/g/raft-figure-8' });
      await app().locator('.stage .node').first().waitFor();
    }
  });

test('a new build replaces the old one as a whole', { serviceWorkers: 'allow' },
  async ({ page, context, expectProblem }) => {
    const directory = mkdtempSync(join(tmpdir(), 'interleave-'));
    cpSync(dist, directory, { recursive: true });
    const server = await serve({ directory });
    try {
      expectProblem(/asked another origin/);
      await context.unrouteAll();
      const ready = () => page.waitForSelector('html[data-boot="ready"]', { state: 'attached' });
      await page.goto(server.root);
      await ready();
      await kept(page);
      const names = () => page.evaluate(() => caches.keys());
      const [first] = await names();
      // The same program under other names is another build.
      for (const name of readdirSync(directory)) {
        if (!/^interleave-/.test(name)) continue;
        cpSync(join(directory, name), join(directory, name.replace('interleave-', 'interleave-f')));
        rmSync(join(directory, name));
      }
      const html = readFileSync(join(directory, 'index.html'), 'utf8');
      writeFileSync(join(directory, 'index.html'), html.replaceAll('/interleave-', '/interleave-f'));
      await page.reload();
      await ready();
      await page.evaluate(async (old) => {
        while ((await caches.keys()).includes(old)) await new Promise((done) => setTimeout(done, 20));
      }, first);
      await kept(page);
      expectProblem(/ERR_INTERNET_DISCONNECTED|Failed to load resource|ERR_FAILED/);
      await context.setOffline(true);
      await page.reload();
      await ready();
      assert.match(await page.evaluate(() => boot.wasm), /interleave-f/);
      await page.evaluate(() => fetch('gone', { cache: 'no-store' }).catch(() => {}));
    } finally {
      await server.close();
      rmSync(directory, { recursive: true });
    }
  });

for (const [name, options] of Object.entries({
  'where storage is blocked': { storage: 'blocked' },
  'in a sandboxed frame': { sandbox: 'allow-scripts' },
  'in any frame': { sandbox: 'allow-scripts allow-same-origin' },
})) {
  test(`${name} nothing is kept`, { serviceWorkers: 'allow', ...options }, async ({ open, server }) => {
    const frame = await open({ query: 'embed=1' });
    await frame.evaluate(() => boot.keep().catch(() => {}));
    const workers = await frame.evaluate(async () => {
      try {
        return (await navigator.serviceWorker.getRegistrations()).length;
      } catch {
        return 0;
      }
    });
    assert.equal(workers, 0);
    assert.ok(!server.requests.some((path) => path.endsWith('sw.js')));
  });
}

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
