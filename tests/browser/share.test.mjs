// How a run gets from one person to another: link, frame, file; and where runs come from.

import { readFileSync } from 'node:fs';
import { FRAME_PATH } from './site.mjs';
import { assert, test } from './support.mjs';

const button = (app, name) => app().getByRole('button', { name, exact: true });
const state = (app) => app().locator('#app').evaluate(({ dataset }) => ({ ...dataset }));

/** A run with a person's hand in it, at rest. */
async function acted({ open, app, page }, where = { query: 'speed=1' }) {
  await open(where);
  await button(app, 'Crash the leader').click({ timeout: 30_000 });
  await button(app, 'Pause').click();
  await app().locator('#app[data-status=paused]').waitFor();
  const { step } = await state(app);
  await page.keyboard.press('.');
  await app().locator(`#app[data-step="${Number(step) + 1}"]`).waitFor();
  return state(app);
}

const shared = (app) => app().locator('#share-link').inputValue();

test('a copied link shows somebody else the same moment',
  { permissions: ['clipboard-read', 'clipboard-write'] }, async (fixture) => {
    const { app, page, fresh } = fixture;
    const seen = await acted(fixture);
    await button(app, 'Share').click();
    assert.match(await app().locator('#share-said').innerText(), /^The link has \d+ characters: it fits/);
    await button(app, 'Copy').click();
    await app().getByText('Copied.').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(link, await shared(app));
    const friend = await fresh();
    await friend.page.goto(link);
    await friend.page.waitForSelector('html[data-boot=ready]', { state: 'attached' });
    const there = await state(friend.app);
    assert.deepEqual([there.digest, there.step, there.time], [seen.digest, seen.step, seen.time]);
    assert.equal(there.status, 'paused');
    // From the start it is the same run, to be played.
    await app().getByRole('radio', { name: 'from the start' }).check();
    assert.ok(!(await shared(app)).includes('&t='));
    await friend.open({ hash: new URL(await shared(app)).hash });
    assert.equal((await state(friend.app)).step, '0');
    await friend.page.evaluate(() => document.activeElement.blur());
    for (let step = 0; step < Number(seen.step); step += 1) await friend.page.keyboard.press('.');
    await friend.app().locator(`#app[data-step="${seen.step}"]`).waitFor();
    assert.equal((await state(friend.app)).digest, seen.digest);
  });

test('where copying is forbidden, the text is selected and the person told',
  async ({ open, app, page }) => {
    await page.addInitScript(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('forbidden'));
    });
    await open({ hash: '#/g/raft-split-vote' });
    await button(app, 'Share').click();
    await button(app, 'Copy').click();
    await app().getByText(/It is selected: press Ctrl\+C/).waitFor();
    const selected = await app().locator('#share-link').evaluate((area) =>
      area === document.activeElement && area.value.slice(area.selectionStart, area.selectionEnd));
    assert.equal(selected, await shared(app));
    // Nothing was done to the scenario: its name is enough.
    assert.match(selected, /#\/g\/raft-split-vote$/);
  });

test('every snippet opens, in the frame that it describes', async (fixture) => {
  const { app, page, fresh, server } = fixture;
  const seen = await acted(fixture);
  await button(app, 'Share').click();
  const other = await fresh();
  const what = app().getByLabel('What to copy');
  for (const [index, tell] of [
    [1, /^<iframe src="([^"]+)" title="The first election \(interactive\)" width="100%" height="480" style="width:100%;height:480px;border:0" loading="lazy"/],
    [3, /^<iframe data-src="([^"]+)" title="/],
    [4, /^%%html\n<iframe src="([^"]+)" title="/],
    [2, /^\[The first election\]\((.+)\)$/],
    [0, /^(http.+)$/],
  ]) {
    await what.selectOption({ index });
    const framed = [1, 3, 4].includes(index);
    assert.equal(await app().getByLabel('Theme').count(), framed ? 1 : 0);
    if (framed) {
      await app().getByLabel('Theme').selectOption('dark');
      await app().getByLabel('Controls').selectOption('none');
    }
    const text = await shared(app);
    const url = text.match(tell)?.[1].replaceAll('&amp;', '&');
    assert.ok(url, text);
    await other.page.goto('about:blank');
    if (index === 1) {
      // As an embedding page has it: pasted.
      await other.page.goto(`${server.origin}${FRAME_PATH}?src=about:blank&sandbox=allow-scripts`);
      await other.page.evaluate((html) => { document.body.innerHTML = html; }, text);
      const frame = other.page.frameLocator('iframe');
      await frame.locator(`#app[data-digest="${seen.digest}"]`).waitFor();
      assert.equal(await frame.locator('.transport').count(), 0);
      assert.equal(await frame.locator('html').getAttribute('data-theme'), 'dark');
      continue;
    }
    await other.page.goto(url);
    await other.page.locator(`#app[data-digest="${seen.digest}"]`).waitFor();
    assert.equal(await other.page.locator('.top').count(), framed ? 0 : 1);
  }
  await page.keyboard.press('Escape');
});

test('a file holds the run, and is opened by choosing and by dropping it', async (fixture) => {
  const { app, page, fresh } = fixture;
  const seen = await acted(fixture);
  await button(app, 'Share').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    app().getByRole('link', { name: 'Download the scenario' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'the-first-election.scenario');
  const text = readFileSync(await download.path(), 'utf8');
  assert.match(text, /^interleave 1\n[\s\S]*crash n/);

  const friend = await fresh();
  await friend.open({ hash: '#/g/ping-first' });
  const arrive = async () => {
    await friend.page.locator('#app[data-step="0"]').waitFor();
    for (let step = 0; step < Number(seen.step); step += 1) await friend.page.keyboard.press('.');
    assert.equal((await state(friend.app)).digest, seen.digest);
  };
  await button(friend.app, 'Share').click();
  const [chooser] = await Promise.all([
    friend.page.waitForEvent('filechooser'),
    button(friend.app, 'Open a file…').click(),
  ]);
  await chooser.setFiles({ name: 'a.scenario', mimeType: 'text/plain', buffer: Buffer.from(text) });
  await friend.page.waitForFunction(() => /The first election/.test(document.title));
  await arrive();

  const drop = async (content, name) => {
    const files = await friend.page.evaluateHandle(([text, called]) => {
      const given = new DataTransfer();
      given.items.add(new File([text], called));
      return given;
    }, [content, name]);
    await friend.page.dispatchEvent('#stage', 'dragover', { dataTransfer: files });
    await friend.page.dispatchEvent('#stage', 'drop', { dataTransfer: files });
  };
  await friend.open({ hash: '#/g/ping-first' });
  await drop(text, 'b.scenario');
  await friend.page.waitForFunction(() => /The first election/.test(document.title));
  await arrive();

  await drop(`interleave 1\n${'#'.repeat(70_000)}`, 'large.scenario');
  await friend.app().locator('.notice', { hasText: 'large.scenario is too large' }).waitFor();
  await drop('interleave 1\nraft nodes=3\nat 1s crsh n1\n', 'wrong.scenario');
  assert.match(await friend.app().getByRole('dialog').innerText(), /line 3.*crash/s);
  await friend.page.keyboard.press('Escape');
  await drop('\u0000\u0001\ufffd binary', 'picture.png');
  assert.match(await friend.app().getByRole('dialog').innerText(), /line 1/);
});

test('the library is searched, filtered and walked by keyboard', async ({ open, app, page }) => {
  await open({ query: 'motion=reduce' });
  await button(app, 'Scenarios').click();
  const rows = app().locator('.library button');
  const all = await rows.count();
  assert.ok(all >= 20);
  assert.match(await app().locator('[data-protocol=raft]').innerText(), /Consensus[\s\S]*Ongaro/);
  await app().getByLabel('Search').fill('figure');
  await app().getByText(/^\d scenarios\.$/).waitFor();
  for (const text of await rows.allInnerTexts()) assert.match(text, /figure/i);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'library-search');
  await app().getByLabel('Search').fill('no such thing anywhere');
  await app().getByText('No scenario fits.').waitFor();
  await app().getByLabel('Search').fill('');
  await app().getByLabel('Protocol').selectOption('Ping');
  assert.ok((await rows.count()) < all);
  await app().getByLabel('Search').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  const last = await rows.last().locator('.title').innerText();
  await page.keyboard.press('Enter');
  await app().getByRole('dialog').waitFor({ state: 'detached' });
  assert.ok(last.startsWith((await page.title()).split(' · ')[0]), last);
});

test('every protocol starts from nothing, each time with another seed', async ({ open, app, page }) => {
  await open({ query: 'motion=reduce' });
  const seeds = new Set();
  await button(app, 'Scenarios').click();
  const protocols = await app().locator('[data-protocol]').evaluateAll((list) =>
    list.map((section) => section.getAttribute('aria-label')));
  assert.ok(protocols.length >= 2);
  await page.keyboard.press('Escape');
  for (const title of [...protocols, protocols[0]]) {
    await button(app, 'Scenarios').click();
    await button(app, `Empty scenario of ${title}`).click();
    await app().getByRole('dialog').waitFor({ state: 'detached' });
    const text = await page.evaluate(() => globalThis.interleave.text());
    seeds.add(text.match(/seed (\d+)/)[1]);
    await page.keyboard.press('.');
    await app().locator('#app[data-step="1"]').waitFor();
  }
  assert.ok(seeds.size > 1, [...seeds].join());
});
