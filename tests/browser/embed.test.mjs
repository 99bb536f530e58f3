// The page in a frame of somebody else's page: what the address asks for, what the two pages say
// to each other, and that it takes nothing that is not its own.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, dist, project, test } from './support.mjs';

const button = (app, name) => app().getByRole('button', { name, exact: true });
const state = (app) => app().locator('#app').evaluate(({ dataset }) => ({ ...dataset }));
const MESSAGE = { ns: 'interleave', v: 1 };

/** Posts a message, and waits for what answers it. */
let asked = 0;
async function ask({ page, post }, message) {
  const id = `q${(asked += 1)}`;
  await post({ ...MESSAGE, id, ...message });
  const found = await page.waitForFunction(
    (wanted) => globalThis.received.find((answer) => answer.id === wanted), id);
  return found.jsonValue();
}

const told = async ({ page }, type, test_ = '() => true') => {
  const found = await page.waitForFunction(
    ([wanted, source]) => globalThis.received.findLast((message) =>
      message.type === wanted && (0, eval)(source)(message)), [type, test_]);
  return found.jsonValue();
};

const FRAMES = { opaque: 'allow-scripts', 'of the same origin': 'allow-scripts allow-same-origin' };
for (const [kind, sandbox] of Object.entries(FRAMES)) {
  test(`a frame that is ${kind} is commanded and tells`, { sandbox }, async (fixture) => {
    const { open, app, page, received } = fixture;
    await open({ query: 'embed=1&api=1', hash: '#/g/raft-first-election' });
    const [ready, ...rest] = await received();
    assert.deepEqual(rest, [], 'nothing but `ready` before anybody asked');
    assert.deepEqual([ready.ns, ready.v, ready.type, ready.api, ready.id],
      ['interleave', 1, 'ready', 1, undefined]);
    assert.ok(ready.caps.includes('get:link') && !ready.caps.includes('get:svg'));
    assert.equal((await ask(fixture, { type: 'hello' })).type, 'ready');

    const focused = await page.evaluate(() => document.activeElement.tagName);
    assert.equal((await ask(fixture, { type: 'step', n: 12 })).type, 'ack');
    assert.equal((await state(app)).step, '12');
    assert.equal((await ask(fixture, { type: 'step', n: -2 })).type, 'ack');
    assert.equal((await told(fixture, 'state', '(s) => s.step === 10')).status, 'paused');
    assert.equal((await ask(fixture, { type: 'seek', step: 30 })).type, 'ack');
    const { value } = await ask(fixture, { type: 'get', what: 'state' });
    assert.deepEqual([value.status, value.step, value.steps, value.speed], ['paused', 30, 30, 0.1]);
    assert.equal(value.simTimeUs, Number((await state(app)).time));
    assert.ok(Math.abs(value.simTime * 1e6 - value.simTimeUs) < 1);

    const { value: link } = await ask(fixture, { type: 'get', what: 'link' });
    assert.match(link, /^http.*\/#\/g\/raft-first-election&t=/);
    const digest = (await state(app)).digest;
    await ask(fixture, { type: 'load', scenario: 'interleave 1\ntitle "Two"\nping nodes=2\nseed 1\n' });
    assert.equal(await app().locator('.stage .node').count(), 2);
    await ask(fixture, { type: 'load', link });
    await app().locator(`#app[data-digest="${digest}"]`).waitFor();

    await ask(fixture, { type: 'set', speed: 1, theme: 'dark', lang: 'en-GB', highlight: 'n2' });
    assert.equal(await app().locator('html').getAttribute('data-theme'), 'dark');
    assert.equal(await app().locator('html').getAttribute('lang'), 'en-GB');
    await ask(fixture, { type: 'subscribe', events: ['state', 'event'] });
    await ask(fixture, { type: 'play' });
    assert.ok((await told(fixture, 'state', '(s) => s.status === "playing"')).speed === 1);
    const event = await told(fixture, 'event');
    assert.match(event.text, /\w/);
    assert.ok(event.step > 30 && event.simTimeUs > 0 && /^n\d$/.test(event.node));
    await ask(fixture, { type: 'pause' });
    await told(fixture, 'state', '(s) => s.status === "paused"');
    const steps = (await received()).filter(({ type }) => type === 'event').map(({ step }) => step);
    assert.deepEqual(steps, steps.map((_, at) => steps[0] + at), 'no event twice, none left out');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), focused);
  });
}

test('what makes no sense is refused, and nothing breaks', { sandbox: 'allow-scripts' },
  async (fixture) => {
    const { open, app, page, post, received } = fixture;
    await open({ query: 'embed=1&api=1', hash: '#/g/raft-first-election' });
    const before = await state(app);
    // Not for us: no answer, no effect.
    for (const noise of [null, 7, 'x'.repeat(1_000_000), [], {}, { ns: 'other', v: 1, type: 'play' },
      { ns: 7, type: 'play' }, { ns: 'x'.repeat(1e6) }, new Date(0), { type: 'play' }]) {
      await post(noise);
    }
    for (const [message, code] of [
      [{ type: 'explode' }, 'unknown-type'],
      [{ type: 'x'.repeat(1_000) }, 'bad-value'],
      [{ type: 7 }, 'bad-value'],
      [{}, 'bad-value'],
      [{ type: 'play', v: 2 }, 'version'],
      [{ type: 'play', v: '1' }, 'version'],
      [{ type: 'step', n: '3' }, 'bad-value'],
      [{ type: 'step', n: 1.5 }, 'bad-value'],
      [{ type: 'step', n: 1e9 }, 'bad-value'],
      [{ type: 'step', n: Number.NaN }, 'bad-value'],
      [{ type: 'seek' }, 'bad-value'],
      [{ type: 'seek', step: -1 }, 'bad-value'],
      [{ type: 'load' }, 'bad-value'],
      [{ type: 'load', link: '#/g/ping-first', scenario: 'x' }, 'bad-value'],
      [{ type: 'load', link: { length: 1 } }, 'bad-value'],
      [{ type: 'load', link: `#/s/1.${'A'.repeat(20_000)}` }, 'bad-value'],
      [{ type: 'load', link: '#/s/1.AAAA' }, 'bad-scenario'],
      [{ type: 'load', scenario: 'interleave 1\nnonsense\n' }, 'bad-scenario'],
      [{ type: 'load', scenario: '#'.repeat(70_000) }, 'bad-value'],
      [{ type: 'set' }, 'bad-value'],
      [{ type: 'set', speed: -1 }, 'bad-value'],
      [{ type: 'set', speed: 'fast' }, 'bad-value'],
      [{ type: 'set', theme: 'blue' }, 'bad-value'],
      [{ type: 'set', highlight: 'n99' }, 'bad-value'],
      [{ type: 'set', highlight: 'n1-n1' }, 'bad-value'],
      [{ type: 'get', what: 'svg' }, 'bad-value'],
      [{ type: 'get' }, 'bad-value'],
      [{ type: 'subscribe' }, 'bad-value'],
      [{ type: 'subscribe', events: 'state' }, 'bad-value'],
      [{ type: 'subscribe', events: Array(1_000).fill('state') }, 'bad-value'],
      [{ type: 'subscribe', events: ['state', 7] }, 'bad-value'],
    ]) {
      const answer = await ask(fixture, message);
      const said = `${JSON.stringify(message).slice(0, 80)}: ${JSON.stringify(answer)}`;
      assert.deepEqual([answer.type, answer.code], ['error', code], said);
      assert.match(answer.msg, /\w/);
    }
    // An id that is none is not sent back.
    await post({ ...MESSAGE, id: { toString: 1 }, type: 'explode' });
    await page.waitForFunction(() => received.some((m) => m.type === 'error' && !('id' in m)));
    assert.deepEqual(await state(app), before);
    assert.equal(await app().getByRole('dialog').count(), 0);
    assert.ok((await received()).every(({ ns, v }) => ns === 'interleave' && v === 1));
  });

test('who is not the embedding page is not heard', { sandbox: 'allow-scripts' }, async (fixture) => {
  const { open, page, received } = fixture;
  const frame = await open({ query: 'embed=1&api=1', hash: '#/g/raft-first-election' });
  // The page itself, and a frame beside it.
  await frame.evaluate((message) => postMessage(message, '*'), { ...MESSAGE, type: 'step', id: 'self' });
  await page.evaluate((message) => {
    const other = document.createElement('iframe');
    other.srcdoc = `<script>parent.frames[0].postMessage(${JSON.stringify(message)}, '*')</script>`;
    document.body.append(other);
  }, { ...MESSAGE, type: 'step', id: 'other' });
  await page.frameLocator('iframe').nth(1).locator('body').waitFor({ state: 'attached' });
  assert.equal((await ask(fixture, { type: 'get', what: 'state' })).value.step, 0);
  assert.ok(!(await received()).some(({ id }) => id === 'self' || id === 'other'));
});

test('without api=1 it is only asked who it is', { sandbox: 'allow-scripts' }, async (fixture) => {
  const { open, app, received } = fixture;
  await open({ query: 'embed=1', hash: '#/g/raft-first-election' });
  assert.deepEqual(await received(), []);
  assert.equal((await ask(fixture, { type: 'step' })).code, 'off');
  assert.equal((await ask(fixture, { type: 'get', what: 'link' })).code, 'off');
  assert.equal((await ask(fixture, { type: 'hello' })).type, 'ready');
  assert.equal((await state(app)).step, '0');
});

test('a property that breaks is told', { sandbox: 'allow-scripts' }, async (fixture) => {
  const { open } = fixture;
  await open({ query: 'embed=1&api=1', hash: '#/g/raft-flaw-vote-not-persisted' });
  await ask(fixture, { type: 'subscribe', events: ['check'] });
  await ask(fixture, { type: 'seek', step: 5_000 });
  const check = await told(fixture, 'check');
  assert.match(check.name, /^[a-z_]+$/);
  assert.equal(check.ok, false);
  await ask(fixture, { type: 'seek', step: 0 });
  assert.equal((await told(fixture, 'check', '(c) => c.ok')).name, check.name);
});

test('slides start it only where the address says so, and stop it', { sandbox: 'allow-scripts' },
  async ({ open, app, post }) => {
    await open({ query: 'embed=1', hash: '#/g/raft-first-election' });
    await post('slide:start');
    await button(app, 'Next event').click();
    assert.equal((await state(app)).status, 'paused');
    await open({ query: 'embed=1&autoplay=1', hash: '#/g/raft-first-election' });
    await app().locator('#app[data-status=playing]').waitFor();
    await post('slide:stop');
    await app().locator('#app[data-status=paused]').waitFor();
    await post('slide:start');
    await app().locator('#app[data-status=playing]').waitFor();
  });

test('it says how high it would like to be, and does not chase its own height',
  { sandbox: 'allow-scripts', viewport: { width: 900, height: 500 } }, async (fixture) => {
    const { open, page, received } = fixture;
    await open({ query: 'embed=1&autosize=1&api=1', hash: '#/g/raft-first-election' });
    await ask(fixture, { type: 'hello' });
    const { height } = await told(fixture, 'resize');
    assert.ok(Number.isInteger(height) && height > 300 && height < 1_000, String(height));
    await page.evaluate((px) => { document.querySelector('iframe').style.height = `${px}px`; }, height);
    for (let step = 0; step < 20; step += 1) await ask(fixture, { type: 'step' });
    const all = (await received()).filter(({ type }) => type === 'resize').map((m) => m.height);
    assert.ok(all.length <= 3, `${all}`);
    assert.ok(all.every((other) => Math.abs(other - height) < 80), `${all}`);
    await page.setViewportSize({ width: 400, height: 500 });
    assert.ok((await told(fixture, 'resize', `(m) => m.height < ${height}`)).height < height);
  });

test('Tab leads out of the frame, Escape says so, PageDown is not taken', { sandbox: 'allow-scripts' },
  async (fixture) => {
    const { open, app, page } = fixture;
    const frame = await open({ query: 'embed=1&api=1', hash: '#/g/raft-first-election' });
    const where = () => page.evaluate(() => document.activeElement.id || document.activeElement.tagName);
    assert.equal(await where(), 'BODY', 'nobody took the focus');
    await page.evaluate(() => {
      for (const [id, place] of [['before', 'afterbegin'], ['after', 'beforeend']]) {
        document.body.insertAdjacentHTML(place, `<button id="${id}">${id}</button>`);
      }
    });
    await ask(fixture, { type: 'hello' });
    await page.locator('#before').focus();
    await page.keyboard.press('Tab');
    // The focus of another process comes a little later.
    await page.waitForFunction(() => document.activeElement.tagName === 'IFRAME');
    await frame.evaluate(() => {
      globalThis.taken = [];
      addEventListener('keydown', (event) => event.defaultPrevented && taken.push(event.key));
    });
    for (const key of ['PageDown', 'PageUp', 'F2', 'Tab', '.']) await page.keyboard.press(key);
    assert.deepEqual(await frame.evaluate(() => globalThis.taken), ['.']);
    await app().locator('#focus-n1').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    assert.equal((await told(fixture, 'leave')).dir, 'up');
    let presses = 0;
    while ((await where()) === 'IFRAME' && presses < 60) {
      await page.keyboard.press('Tab');
      presses += 1;
    }
    await page.waitForFunction(() => document.activeElement.id === 'after');
  });

test('out of sight it rests, and goes on after', { sandbox: 'allow-scripts' }, async (fixture) => {
  const { open, app, page } = fixture;
  const frame = await open({ query: 'embed=1&api=1&speed=1', hash: '#/g/raft-first-election' });
  await page.evaluate(() => document.body.insertAdjacentHTML('afterbegin', '<div style="height:3000px"></div>'));
  await ask(fixture, { type: 'play' });
  const frames = () => frame.evaluate(() => globalThis.interleave.frames());
  await page.evaluate(() => scrollTo(0, 0));
  const rests = async () => {
    const before = await frames();
    await page.waitForTimeout(300);
    return (await frames()) === before;
  };
  for (let tries = 0; !(await rests()); tries += 1) assert.ok(tries < 20, 'it never rests');
  assert.equal((await state(app)).status, 'playing');
  const { step } = await state(app);
  await page.evaluate(() => scrollTo(0, 3_000));
  await page.waitForFunction((old) => globalThis.received.some((m) => m.step > old), Number(step));
});

test('each parameter does what it says', async ({ open, app, page }) => {
  const hash = '#/g/raft-first-election';
  await open({ query: 'embed=1&controls=full&links=0', hash });
  assert.equal(await app().locator('.top').count(), 1);
  assert.equal(await app().getByRole('link', { name: 'Open in full' }).count(), 0);
  await open({ query: 'embed=1&panels=log,state,nonsense', hash });
  assert.deepEqual(await app().getByRole('tab').allInnerTexts(), ['Inspect', 'Events']);
  assert.equal(await app().locator('.narration, .scrubber:visible').count(), 0);
  await open({ query: 'embed=1&palette=contrast&lang=de&theme=light&motion=reduce', hash });
  const root = await page.evaluate(() => ({ ...document.documentElement.dataset }));
  assert.deepEqual([root.palette, root.theme, root.still], ['contrast', 'light', '1']);
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  await open({ query: 'embed=1&autoplay=1&speed=20&loop=1', hash });
  await page.waitForFunction(() => {
    globalThis.most = Math.max(globalThis.most ?? 0, Number(document.getElementById('app').dataset.step));
    return Number(document.getElementById('app').dataset.step) < globalThis.most;
  });
  assert.equal((await state(app)).status, 'playing');
  await open({ query: 'embed=1&keys=off', hash });
  await app().locator('#focus-n1').focus();
  await page.keyboard.press('.');
  assert.equal((await state(app)).step, '0');
  await page.keyboard.press('ArrowRight');
});

test('with nothing to press, every key works', async ({ open, app, page }) => {
  await open({ query: 'embed=1&controls=none', hash: '#/g/raft-first-election' });
  assert.equal(await app().locator('button:visible, a:visible').count(), 0);
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.id), /^focus-n/);
  await page.keyboard.press('.');
  assert.equal((await state(app)).step, '1');
  await page.keyboard.press(' ');
  assert.equal((await state(app)).status, 'playing');
  await page.keyboard.press(' ');
  assert.equal((await state(app)).status, 'paused');
  await page.keyboard.press('?');
  await app().getByRole('dialog', { name: 'Help' }).waitFor();
});

test('an exam is watched, not changed', async ({ open, app, page }) => {
  await open({ query: 'edit=0', hash: '#/g/raft-first-election&t=0.5s' });
  assert.equal(await app().locator('.try').count(), 0);
  assert.deepEqual(await app().getByRole('tab').allInnerTexts(),
    ['Inspect', 'Events', 'Properties', 'Clients']);
  const { digest } = await state(app);
  await app().locator('#focus-n1').focus();
  for (const key of ['c', 'z', 'i', 'a', 'Control+z']) await page.keyboard.press(key);
  assert.match(await app().locator('.notice').innerText(), /for watching/);
  assert.equal(await app().getByRole('dialog').count(), 0);
  await app().locator('#focus-n1').click({ button: 'right' });
  // What moves on the stage alone is not a change of the run.
  const offered = await app().getByRole('menuitem').allInnerTexts();
  assert.deepEqual(offered.filter((item) => !/^Move to…/.test(item)), []);
  await page.keyboard.press('Escape');
  await page.keyboard.press('l');
  assert.equal(await app().locator('.inspect').getByRole('group', { name: 'Actions' }).count(), 0);
  assert.equal((await state(app)).digest, digest);
  assert.equal((await state(app)).branches, '1');
  await page.keyboard.press('.');
  assert.notEqual((await state(app)).digest, digest, 'it can be stepped');
});

test('a bad value is told and does nothing, a tracker is passed over', async ({ open, app, axe }) => {
  await open({ query: 'theme=blue&speed=fast&utm_source=x&=&bare&%', hash: '#/g/ping-first' });
  const notice = app().locator('.notice');
  const text = await notice.innerText();
  assert.match(text, /`theme=blue`; allowed is auto, light, dark/);
  assert.match(text, /`speed=fast`/);
  assert.doesNotMatch(text, /utm|bare/);
  assert.deepEqual(await axe(), []);
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  assert.equal(await notice.count(), 0);
});

test('a broken link in a frame takes nobody\'s focus', { sandbox: 'allow-scripts' },
  async ({ open, app, page }) => {
    await open({ query: 'embed=1', hash: '#/s/1.AAAA' });
    await app().getByRole('dialog').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'BODY');
    await button(app, 'Go on with what runs').click();
    await app().getByRole('dialog').waitFor({ state: 'detached' });
  });

test('opened in full, everything that was done is there', async ({ open, app, page, fresh }) => {
  await open({ query: 'embed=1&edit=1', hash: '#/g/raft-first-election&t=0.5s' });
  await app().locator('#focus-n1').focus();
  await page.keyboard.press('c');
  await page.keyboard.press('.');
  await page.keyboard.press('.');
  const here = await state(app);
  const link = app().getByRole('link', { name: 'Open in full' });
  const other = await fresh();
  await other.page.goto(await link.getAttribute('href'));
  await other.page.locator(`#app[data-digest="${here.digest}"]`).waitFor();
  assert.equal(await other.page.evaluate(() => interleave.text()), await page.evaluate(() => interleave.text()));
  // While it plays, the link is made when it is pressed.
  await page.keyboard.press('k');
  await page.waitForFunction((old) => Number(document.getElementById('app').dataset.step) > old, Number(here.step));
  const [opened] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
  const later = await state(app);
  assert.equal(later.status, 'paused');
  await opened.locator(`#app[data-digest="${later.digest}"]`).waitFor();
});

/** The policy of the documentation, with the hashes of this build. */
function policy() {
  const docs = readFileSync(join(project, 'docs/embedding.md'), 'utf8');
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)];
  const hashes = inline.map(([, script]) =>
    `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  return docs.match(/default-src[\s\S]+?worker-src 'self'/)[0]
    .replace(/\s+/g, ' ').replace('HASHES', hashes.join(' '));
}
const strict = { base: '/a/b/', headers: { 'content-security-policy': policy() } };

test('below a path and under the policy that the documentation gives', strict, async (fixture) => {
  const { open, app, page, server } = fixture;
  await open({ query: 'speed=1' });
  await button(app, 'Crash the leader').click({ timeout: 30_000 });
  await button(app, 'Share').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    app().getByRole('link', { name: 'Download the scenario' }).click(),
  ]);
  assert.match(readFileSync(await download.path(), 'utf8'), /crash n/);
  assert.ok(server.requests.every((path) => path.startsWith('/a/b/')));
});

test('in a sandbox under the same policy', { ...strict, sandbox: 'allow-scripts' }, async ({ open, app }) => {
  await open({ query: 'embed=1' });
  await button(app, 'Next event').click();
  await app().locator('#app[data-step="1"]').waitFor();
});

test('the documentation has the keys of the help', async ({ open, app, page }) => {
  await open();
  await page.keyboard.press('?');
  const rows = await app().locator('table.keys tr').evaluateAll((list) =>
    list.map((row) => [...row.children].map((cell) => cell.textContent)));
  assert.ok(rows.length > 20);
  const cell = (text) => text.replaceAll('|', '\\|');
  const lines = rows.map(([keys, what]) => `| ${cell(keys)} | ${cell(what)} |`);
  const table = ['| key | does |', '|---|---|', ...lines].join('\n');
  const path = join(project, 'docs/embedding.md');
  const docs = readFileSync(path, 'utf8');
  const wanted = docs.replace(/(<!-- keys:[^\n]*-->\n)[\s\S]*?(<!-- \/keys -->)/, (_, begin, end) =>
    `${begin}${table}\n${end}`);
  if (process.env.INTERLEAVE_BLESS) writeFileSync(path, wanted);
  const stale = 'INTERLEAVE_BLESS=1 writes the table of docs/embedding.md anew';
  assert.ok(docs === wanted || process.env.INTERLEAVE_BLESS, `${stale}; it should be\n${table}`);
});

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing in any form of the frame, ${colorScheme}`, { colorScheme },
    async ({ open, app, axe }) => {
      const hash = '#/g/raft-first-election&t=0.5s';
      for (const query of ['controls=none', 'controls=full', 'panels=state,log', 'edit=0&links=0']) {
        await open({ query: `embed=1&${query}`, hash });
        await app().locator('#stage').waitFor();
        assert.deepEqual(await axe(), [], query);
      }
    });
}
