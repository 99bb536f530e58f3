// What a person does with the page: watch, break, rewind, try something else, share.

import { assert, test } from './support.mjs';

/** What the page says of its run. */
const state = (app) =>
  app().locator('#app').evaluate(({ dataset }) => ({
    status: dataset.status,
    step: Number(dataset.step),
    head: Number(dataset.head),
    time: Number(dataset.time),
    digest: dataset.digest,
    branches: Number(dataset.branches),
  }));

const button = (app, name) => app().getByRole('button', { name, exact: true });
const node = (app, name) => app().locator(`#node-${name}`);
const leader = (app) => app().locator('.stage .node.tone-leading:not(.down)').first();
const pause = async (app) => {
  await button(app, 'Pause').click();
  await app().locator('#app[data-status=paused]').waitFor();
};

/** Waits for somebody to lead, as one who watches does. */
async function elected(app) {
  await leader(app).waitFor({ timeout: 30_000 });
  return (await leader(app).getAttribute('id')).replace('node-', '');
}

test('it opens with a cluster that runs, and elects a leader', async ({ open, app }) => {
  await open();
  assert.equal((await state(app)).status, 'playing');
  assert.equal(await app().locator('.stage .node').count(), 6);
  await elected(app);
  await button(app, 'Crash the leader').waitFor();
});

test('an address that names nothing opens what no address opens', async ({ open, page }) => {
  await open({ hash: '#/' });
  assert.equal(await page.title(), 'The first election · Interleave');
  await page.evaluate(() => { location.hash = '#/g/raft-figure-8'; });
  await page.waitForFunction(() => /Figure 8/.test(document.title));
});

test('a phone on its side shows the stage above the controls',
  { viewport: { width: 667, height: 375 } }, async ({ open, app }) => {
    await open();
    const [stage, deck] = await Promise.all(['.stage', '.deck'].map((part) =>
      app().locator(part).boundingBox()));
    assert.ok(stage.y + stage.height <= deck.y + 1, `${JSON.stringify({ stage, deck })}`);
  });

test('the shell and the poster are in the document itself', async ({ server }) => {
  const html = await (await fetch(server.root)).text();
  assert.match(html, /class="poster"[\s\S]*<svg/);
  assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//);
});

test('a leader crashes by click, restarts by key, pauses by menu', async ({ open, app, page }) => {
  await open();
  const name = await elected(app);
  await pause(app);
  await button(app, 'Crash the leader').click();
  assert.equal(await node(app, name).getAttribute('data-up'), 'false');
  await app().locator(`#focus-${name}`).focus();
  await page.keyboard.press('c');
  assert.equal(await node(app, name).getAttribute('data-up'), 'true');
  await app().locator(`#focus-${name}`).click({ button: 'right' });
  await app().getByRole('menuitem', { name: /^Pause(?! for)/ }).click();
  assert.equal(await node(app, name).getAttribute('data-paused'), 'true');
  await app().getByRole('tab', { name: /^Script/ }).click();
  const text = await app().locator('#script-text').inputValue();
  assert.match(text, new RegExp(`crash ${name}[\\s\\S]*restart ${name}[\\s\\S]*pause ${name}`));
});

test('another leader follows a crash, and everything stays true', async ({ open, app }) => {
  await open({ query: 'speed=1' });
  const first = await elected(app);
  await button(app, 'Crash the leader').click();
  await app().locator(`.stage .node.tone-leading:not(.down):not(#node-${first})`).waitFor();
  await app().getByRole('tab', { name: /^Properties/ }).click();
  assert.ok((await app().locator('[data-state=holds]').count()) >= 5);
  assert.equal(await app().locator('[data-state=broken]').count(), 0);
});

test('a partition shows as a rift and heals', async ({ open, app }) => {
  await open();
  await elected(app);
  await pause(app);
  await button(app, 'Do something…').click();
  await button(app, 'Choose the sides of a partition…').click();
  await app().getByRole('checkbox', { name: 'n3' }).check();
  await button(app, 'Partition').click();
  assert.equal(await app().locator('.rift').count(), 1);
  assert.equal(await app().locator('.way.cut').count(), 12);
  await button(app, 'Heal the network').click();
  assert.equal(await app().locator('.rift').count(), 0);
});

test('a link is cut one way from the inspector', async ({ open, app, page }) => {
  await open();
  await elected(app);
  await pause(app);
  await page.keyboard.press('l');
  await button(app, 'Cut this way').first().click();
  assert.equal(await app().locator('.way.cut').count(), 1);
  assert.match(await app().locator('.inspect').innerText(), /cut: messages are lost/);
  await page.keyboard.press('x');
  assert.equal(await app().locator('.way.cut').count(), 2);
});

test('a message is selected and dropped by key', async ({ open, app, page }) => {
  await open();
  await elected(app);
  await pause(app);
  while ((await app().locator('.target').count()) === 0) await page.keyboard.press('.');
  await page.keyboard.press('m');
  const name = await app().locator('[data-inspect]').getAttribute('data-inspect');
  await page.keyboard.press('d');
  await app().getByText('dropped on purpose').waitFor();
  assert.equal(await app().locator(`[data-select="message:${name}"]`).count(), 0);
});

test('stepping back and forth finds the same states', async ({ open, app, page }) => {
  await open();
  await elected(app);
  await pause(app);
  await page.keyboard.press('ArrowRight');
  const there = await state(app);
  await button(app, 'Previous event').click();
  await page.keyboard.press('Shift+ArrowLeft');
  const before = await state(app);
  assert.equal(before.step, Math.max(0, there.step - 11));
  assert.notEqual(before.digest, there.digest);
  for (let step = before.step; step < there.step; step += 1) await page.keyboard.press('.');
  assert.deepEqual(await state(app), there);
  await app().locator('#scrubber').fill(String(before.step));
  assert.deepEqual(await state(app), before);
  assert.match(
    await app().locator('#scrubber').getAttribute('aria-valuetext'),
    /^event \d+ of \d+, \d+\.\d s$/,
  );
});

test('acting in the past begins a branch and keeps the old one', async ({ open, app, page }) => {
  await open();
  const name = await elected(app);
  await pause(app);
  await page.keyboard.press('End');
  const old = await state(app);
  await page.keyboard.press('Shift+ArrowLeft');
  await app().locator(`#focus-${name}`).focus();
  await page.keyboard.press('c');
  const branch = await state(app);
  assert.equal(branch.branches, 2);
  assert.notEqual(branch.digest, old.digest);
  await app().getByRole('tab', { name: /^Branches/ }).click();
  await app().locator('[data-branch="0"]').click();
  await page.keyboard.press('End');
  assert.equal((await state(app)).digest, old.digest);
});

test('a client writes and is answered', async ({ open, app }) => {
  await open({ query: 'speed=1' });
  await elected(app);
  await button(app, 'Do something…').click();
  await app().locator('#ask-op').selectOption('put');
  await button(app, 'Ask').click();
  await app().getByRole('tab', { name: /^Clients/ }).click();
  await app().locator('tr.done', { hasText: 'put x 1' }).waitFor();
});

test('a shared link replays exactly what was seen', async ({ open, app, fresh }) => {
  await open();
  await elected(app);
  await button(app, 'Crash the leader').click();
  await button(app, 'Split the network').click();
  await pause(app);
  const seen = await state(app);
  await button(app, 'Share').click();
  const link = await app().locator('#share-link').inputValue();
  assert.ok(link.length <= 2_000, `${link.length} characters`);
  const friend = await fresh();
  await friend.open({ hash: new URL(link).hash });
  const replayed = await state(friend.app);
  assert.equal(replayed.status, 'paused');
  assert.equal(replayed.digest, seen.digest);
  assert.equal(replayed.step, seen.step);
  assert.equal(replayed.time, seen.time);
});

test('a link that is broken keeps its text', async ({ open, app, page }) => {
  await open({ hash: '#/s/1.AAAA' });
  assert.match(await app().getByRole('dialog').innerText(), /cut off|garbled/);
  assert.match(await app().locator('#mend-text').inputValue(), /1\.AAAA/);
  await app().locator('#mend-text').fill('interleave 1\nraft nodes=3\nat 1s crsh n1\n');
  await button(app, 'Open').click();
  assert.match(await app().getByRole('dialog').innerText(), /line 3.*crash/s);
  await app().locator('#mend-text').fill('interleave 1\nraft nodes=3\nat 1s crash n1\n');
  await button(app, 'Open').click();
  await app().getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await app().locator('.stage .node:not(.client)').count(), 3);
  await page.evaluate(() => (location.hash = '#/g/no-such-scenario'));
  assert.match(await app().getByRole('dialog').innerText(), /no scenario/);
});


test('embedded, it is only stage, time and narration, at rest', async ({ open, app, fresh }) => {
  await open({ query: 'embed=1&theme=dark&utm_source=x&=&bare' });
  assert.equal((await state(app)).status, 'paused');
  assert.equal(await app().locator('.side, .top, .try').count(), 0);
  const paper = await app().locator('.stage').evaluate((e) => getComputedStyle(e).backgroundColor);
  assert.equal(paper, 'rgb(19, 21, 24)');
  await button(app, 'Next event').click();
  await button(app, 'Next event').click();
  const here = await state(app);
  const full = await app().getByRole('link', { name: 'Open in full' }).getAttribute('href');
  const other = await fresh();
  await other.open({ hash: new URL(full).hash });
  assert.equal((await state(other.app)).digest, here.digest);
  assert.equal(await other.app().locator('.side').count(), 1);
});

test('in a sandboxed frame', { sandbox: 'allow-scripts' }, async ({ open, app }) => {
  await open({ query: 'embed=1' });
  await button(app, 'Play').click();
  await elected(app);
  await pause(app);
  assert.ok((await state(app)).step > 0);
});

test('with storage blocked', { storage: 'blocked' }, async ({ open, app }) => {
  await open();
  await elected(app);
});

test('below a path', { base: '/a/b/' }, async ({ open, app }) => {
  await open();
  await elected(app);
});

for (const width of [320, 375, 1440]) {
  test(`at ${width} px`, { viewport: { width, height: 720 } }, async ({ open, app, page }) => {
    await open();
    await elected(app);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${wide} px wide`);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('button, select, summary, input, a')]
        .filter((element) => element.checkVisibility())
        .map((element) => ({ box: element.getBoundingClientRect(), name: element.outerHTML }))
        .filter(({ box }) => box.width < 24 || box.height < 24)
        .map(({ name }) => name.slice(0, 80)));
    assert.deepEqual(small, []);
    const clipped = await page.evaluate(() => {
      const stage = document.querySelector('.stage').getBoundingClientRect();
      const inside = (box) =>
        box.left >= stage.left - 1 && box.right <= stage.right + 1 &&
        box.top >= stage.top - 1 && box.bottom <= stage.bottom + 1;
      return [...document.querySelectorAll('.stage .caption')]
        .filter((caption) => !inside(caption.getBoundingClientRect()))
        .map((caption) => caption.textContent);
    });
    assert.deepEqual(clipped, []);
  });
}

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing, ${colorScheme}`, { colorScheme }, async ({ open, app, axe, page }) => {
    await open();
    await elected(app);
    await button(app, 'Crash the leader').click();
    await pause(app);
    assert.deepEqual(await axe(), []);
    for (const tab of ['Events', 'Properties', 'Clients', 'Branches', 'Script']) {
      await app().getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
      assert.deepEqual(await axe(), [], tab);
    }
    for (const dialog of ['Scenarios', 'Share', 'Help', 'Do something…']) {
      await button(app, dialog).click();
      assert.deepEqual(await axe(), [], dialog);
      await page.keyboard.press('Escape');
      await app().getByRole('dialog').waitFor({ state: 'detached' });
    }
    await app().locator('#focus-n1').click();
    assert.deepEqual(await axe(), [], 'a node');
    await open({ query: `embed=1&theme=${colorScheme}` });
    assert.deepEqual(await axe(), [], 'embedded');
  });
}

test('keys do what they say, once, and nothing while somebody types', async ({ open, app, page }) => {
  await open();
  await elected(app);
  await page.keyboard.press(' ');
  assert.equal((await state(app)).status, 'paused');
  await button(app, 'Play').focus();
  await page.keyboard.press(' ');
  assert.equal((await state(app)).status, 'playing');
  await page.keyboard.press('k');
  const { step } = await state(app);
  await app().getByRole('tab', { name: /^Script/ }).click();
  await app().locator('#script-text').focus();
  await page.keyboard.type('k , . c');
  const { step: later, status } = await state(app);
  assert.deepEqual([later, status], [step, 'paused']);
  await app().locator('#focus-n1').focus();
  await page.keyboard.press('ArrowDown');
  const focused = await page.evaluate(() => document.activeElement.id);
  assert.match(focused, /^focus-n[2-5]$/);
  await page.keyboard.press('Enter');
  await page.keyboard.press('?');
  await app().getByRole('dialog', { name: 'Help' }).waitFor();
  await page.keyboard.press('Escape');
  await app().getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.id), focused);
});

test('at rest it draws nothing, and a person who wants no motion gets none',
  { reducedMotion: 'reduce' }, async ({ open, app, page }) => {
    await open();
    assert.equal((await state(app)).status, 'paused');
    await button(app, 'Next event').click();
    await page.waitForTimeout(300);
    const before = await page.evaluate(() => globalThis.interleave.frames());
    await page.waitForTimeout(500);
    assert.equal(await page.evaluate(() => globalThis.interleave.frames()), before);
  });

test('the text twin says what the picture shows', async ({ open, app }) => {
  await open();
  await elected(app);
  await pause(app);
  const picture = await app().locator('.stage .node').evaluateAll((nodes) =>
    nodes.map((node) => `${node.id.replace('node-', '')} ${node.dataset.role}`));
  const table = await app().locator('.twin tr[data-node]').evaluateAll((rows) =>
    rows.map((row) => `${row.dataset.node} ${row.children[1].textContent}`));
  assert.deepEqual(table, picture);
});

test('a failure of the program leaves a card with the text', async ({ open, page, expectProblem }) => {
  await open();
  // The deployed program stops without a word, the one that is being worked on says why.
  expectProblem(/a test asked for a panic|unreachable/);
  await page.evaluate(() => setTimeout(() => globalThis.interleave.panic(), 0));
  await page.locator('#boot-failed').waitFor({ state: 'visible' });
  assert.match(await page.locator('#boot-failed textarea').inputValue(), /^interleave 1/);
});
