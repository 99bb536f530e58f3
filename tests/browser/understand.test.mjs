// How a person comes to understand a run: looks for events, asks why, reads the clients' history,
// sees what is broken, walks the branches.

import { assert, test } from './support.mjs';

const state = (app) =>
  app().locator('#app').evaluate(({ dataset }) => ({
    status: dataset.status, step: Number(dataset.step), head: Number(dataset.head),
  }));
const button = (app, name) => app().getByRole('button', { name, exact: true });
const tab = (app, name) => app().getByRole('tab', { name: new RegExp(`^${name}`) }).click();
const at = (app, step) => app().locator(`#app[data-step="${step}"]`).waitFor();

/** Without sessions a retry is done twice, and a read afterwards shows it. */
const TWICE = `interleave 1
raft nodes=3 clients=2
seed 4
network delay=10ms
clients timeout=200ms
flaw apply_twice
at 0.5s c1 append x a
from 0.5s to 0.65s drop all > c1 Reply
at 1s c2 get x
until 1.5s
`;

/** Opens a text as a person does, and plays until its clients have their answers. */
async function run(open, app, page, text) {
  await open({ query: 'motion=reduce' });
  await tab(app, 'Script');
  await app().locator('#script-text').fill(text);
  await app().locator('#node-c2').waitFor();
  await app().locator('#speed').selectOption('1');
  await button(app, 'Play').click();
  await page.waitForFunction(() => Number(document.querySelector('#app').dataset.time) > 1_500_000);
  await page.keyboard.press('k');
  await app().locator('#app[data-status=paused]').waitFor();
  assert.ok((await state(app)).step > 20);
}

test('the log is searched, filtered and walked from match to match', async ({ open, app, page }) => {
  await open({ hash: '#/g/raft-minority-leader&t=1.2s' });
  await tab(app, 'Events');
  const { head } = await state(app);
  await app().getByRole('searchbox').fill('committed');
  const matches = app().locator('#matches');
  await app().getByText(new RegExp(`^\\d+ of ${head}$`)).waitFor();
  const all = Number((await matches.innerText()).split(' ')[0]);
  assert.ok(all > 2 && all < head, `${all}`);
  assert.equal(await app().locator('.events li').count(), all);
  for (const text of await app().locator('.events li').allInnerTexts()) {
    assert.match(text, /committed/i);
  }
  await app().getByRole('combobox', { name: 'Node' }).selectOption('n3');
  await page.waitForFunction((before) =>
    Number.parseInt(document.querySelector('#matches').textContent, 10) < before, all);
  for (const text of await app().locator('.events li').allInnerTexts()) assert.match(text, /n3/);
  await button(app, 'Previous match').click();
  const last = (await state(app)).step;
  assert.ok(last < head);
  assert.equal(await app().locator('.events [aria-current=step]').count(), 1);
  await button(app, 'Previous match').click();
  await button(app, 'Next match').click();
  await at(app, last);
  await app().getByRole('searchbox').press('Shift+Enter');
  assert.ok((await state(app)).step < last);
  await button(app, 'Show all').click();
  assert.equal(await app().getByRole('searchbox').inputValue(), '');
  assert.equal(await matches.count(), 0);
});

test('the log is filtered by what an event was, and says what would fill it when nothing fits',
  async ({ open, app }) => {
    await open({ hash: '#/g/raft-minority-leader&t=1.2s' });
    await tab(app, 'Events');
    const kind = app().getByRole('combobox', { name: 'Kind' });
    for (const [name, pattern] of [
      ['RequestVote', /receives RequestVote from/],
      ['election timer', /election timer goes off/],
      ['Interventions', /partition/],
      ['Lost messages', /meets a cut link/],
    ]) {
      await kind.selectOption(name);
      const rows = await app().locator('.events li').allInnerTexts();
      assert.ok(rows.length > 0, name);
      for (const row of rows) assert.match(row, pattern);
    }
    await kind.selectOption('Violations');
    await app().getByText(/No event of the kind “Violations” among the \d+ so far/).waitFor();
    await app().getByRole('searchbox').fill('a zebra');
    await app().getByText(/with “a zebra”.*will stand here/).waitFor();
  });

test('a row leads to its event, and the event to its row', async ({ open, app, page }) => {
  await open({ hash: '#/g/raft-minority-leader&t=1.2s' });
  await tab(app, 'Events');
  await app().locator('.events li button').nth(3).click();
  const { step } = await state(app);
  assert.equal(await app().locator('.events .now').getAttribute('value'), String(step));
  await page.keyboard.press('Home');
  await page.keyboard.press('.');
  const row = app().locator('.events .now');
  assert.equal(await row.getAttribute('value'), '1');
  assert.ok(await row.isVisible());
});

test('a hundred thousand events are searched without a freeze', async ({ open, app, page }) => {
  await open({ query: 'motion=reduce' });
  await app().locator('#speed').selectOption('100');
  await button(app, 'Play').click();
  await page.waitForFunction(() => Number(document.querySelector('#app').dataset.head) > 100_000,
    null, { timeout: 100_000 });
  await button(app, 'Pause').click();
  const { head } = await state(app);
  await tab(app, 'Events');
  const rows = await app().locator('.events li').count();
  assert.ok(rows > 5 && rows < 60, `${rows} of ${head} rows are there`);
  // Other things get their turn while it looks: ticks are counted until it has looked at all.
  await page.evaluate(() => {
    globalThis.turns = 0;
    const turn = () => { globalThis.turns += 1; setTimeout(turn, 0); };
    turn();
  });
  await app().getByRole('searchbox').fill('timer');
  await app().locator('.events li').first().waitFor();
  await app().getByText(new RegExp(`^\\d+ of ${head}$`)).waitFor({ timeout: 60_000 });
  assert.ok(await page.evaluate(() => globalThis.turns) > 10);
  await button(app, 'Previous match').click();
  assert.ok((await state(app)).step < head);
});

test('a commit is explained back to the client that asked', async ({ open, app, page }) => {
  await open({ hash: '#/g/raft-minority-leader&t=560ms' });
  await tab(app, 'Events');
  await app().getByRole('searchbox').fill('committed up to 2');
  await app().locator('.events li button').first().click();
  await app().getByRole('button', { name: /^Why did event \d+ happen/ }).click();
  const links = app().locator('.causes.stay .entry');
  const texts = await links.allInnerTexts();
  assert.match(texts[0], /receives AppendEntriesReply/);
  assert.match(texts.at(-2), /receives Request from c1/);
  assert.match(texts.at(-1), /c1 put x old/);
  assert.match(await app().locator('.causes .how').first().innerText(), /sent .* which took \d/);
  await app().getByText(/Here it began: somebody did this/).waitFor();
  // Who took part is lit on the stage, and each link leads to its event.
  await page.waitForFunction(() => document.querySelector('#node-c1').hasAttribute('data-lit'));
  assert.equal(await app().locator('#node-c2[data-lit]').count(), 0);
  await links.last().click();
  const { step } = await state(app);
  assert.match(await app().locator('.entry[aria-current=step]').innerText(), /c1 put x old/);
  // What came of the request.
  await page.keyboard.press('q');
  await app().getByRole('heading', { name: `Why event ${step}?` }).waitFor();
  await app().getByRole('button', { name: /receives Request from c1/ }).click();
  assert.ok((await state(app)).step > step);
  await button(app, 'Close the explanation').click();
  assert.equal(await app().locator('.causes').count(), 0);
});

test('long stretches of the same are folded', async ({ open, app, page }) => {
  await open({ hash: '#/g/raft-first-election&t=1.9s' });
  await tab(app, 'Events');
  await app().getByRole('combobox', { name: 'Kind' }).selectOption('heartbeat timer');
  await button(app, 'Previous match').click();
  await page.keyboard.press('q');
  const fold = app().locator('.causes summary');
  assert.match(await fold.innerText(), /^\d+ more of the same$/);
  const shown = await app().locator('.causes.stay .entry:visible').count();
  assert.ok(shown < 8, `${shown}`);
  await fold.click();
  assert.ok(await app().locator('.causes.stay .entry:visible').count() > shown + 10);
});

test('a history that no order explains is marked, and one that can be is numbered',
  async ({ open, app, page }) => {
    await run(open, app, page, TWICE);
    await tab(app, 'Clients');
    await app().locator('[data-verdict="not linearizable"]').waitFor();
    await app().getByText('The answers with a flag contradict each other', { exact: false }).waitFor();
    const wrong = app().locator('.bar.wrong');
    assert.ok(await wrong.count() >= 1);
    const read = app().getByRole('button', { name: /^c2: get x → aa.*contradicts/ });
    await read.click();
    assert.equal(await read.getAttribute('aria-pressed'), 'true');
    await button(app, 'Go to the answer').click();
    const { step } = await state(app);
    await button(app, 'Go to the call').click();
    assert.ok((await state(app)).step < step);
    // The call is still to come from here; the verdict stays that of the whole history.
    await page.keyboard.press('Home');
    assert.equal(await app().locator('.bar.future').count(), 2);
    await app().locator('[data-verdict="not linearizable"]').waitFor();
    await app().locator('tr.done', { hasText: 'get x' }).getByText('contradicts').waitFor();
    await run(open, app, page, TWICE.replace('flaw apply_twice\n', ''));
    await tab(app, 'Clients');
    await app().locator('[data-verdict="linearizable"]').waitFor();
    assert.deepEqual(await app().locator('.point').allInnerTexts(), ['1', '2']);
  });

test('open calls, faults and the present stand in the history', async ({ open, app, page }) => {
  await open({ hash: '#/g/raft-minority-leader&t=2s' });
  await tab(app, 'Clients');
  await app().locator('.bar.open', { hasText: 'put x stale' }).waitFor();
  await app().locator('.tick.fault', { hasText: 'partition' }).getByRole('button').click();
  assert.match(await app().locator('#narration').innerText(), /partition|splits|cut/i);
  const now = await app().locator('.chart .moment').boundingBox();
  const bar = await app().locator('.bar', { hasText: 'put x new' }).boundingBox();
  assert.ok(now.y < bar.y, 'what is still to come stands below the present');
  assert.equal(await app().locator('.bar.future').count(), 2);
});

test('a broken property says since when and why, and shows where', async ({ open, app, page }) => {
  await open({ hash: '#/g/raft-flaw-vote-not-persisted&t=500ms' });
  await tab(app, 'Properties');
  const broken = app().locator('[data-state=broken]').first();
  assert.match(await broken.innerText(), /broken since event \d+[\s\S]*both lead/);
  await broken.hover();
  assert.equal(await app().locator('.stage .node[data-lit]').count(), 2);
  await button(app, 'To the start').click();
  await app().getByRole('button', { name: /^Go to the first violation: event \d+, still to come/ })
    .click();
  const { step } = await state(app);
  assert.match(await broken.innerText(), new RegExp(`broken since event ${step}`));
  await broken.getByRole('button', { name: 'Why?' }).click();
  assert.ok(await app().locator('.causes .entry').count() > 1);
});

test('branches are a tree that the arrow keys walk', async ({ open, app, page }) => {
  await open({ hash: '#/g/raft-first-election&t=1s' });
  const crash = async (name) => {
    await page.keyboard.press('Shift+ArrowLeft');
    await app().locator(`#focus-${name}`).focus();
    await page.keyboard.press('c');
    await page.keyboard.press('.');
    await page.keyboard.press('.');
  };
  await crash('n1');
  await crash('n2');
  await tab(app, 'Branches');
  const items = app().getByRole('treeitem');
  assert.equal(await items.count(), 3);
  const current = () => app().getByRole('treeitem', { selected: true }).innerText();
  await app().getByRole('treeitem', { selected: true }).focus();
  for (const key of ['ArrowUp', 'ArrowUp']) await page.keyboard.press(key);
  assert.match(await current(), /as it was written/);
  await page.keyboard.press('ArrowRight');
  assert.match(await current(), /crash n1\s+after event \d+ of/);
  await page.keyboard.press('ArrowDown');
  assert.match(await current(), /crash n2/);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowUp');
  assert.match(await current(), /as it was written/);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'branch-0');
  assert.equal(await app().locator('.marks .fork').count() > 0, true);
});

test('the inspector strikes what timers and pictures were before', async ({ open, app, page }) => {
  await open({ hash: '#/g/raft-minority-leader&t=560ms' });
  await tab(app, 'Events');
  await app().getByRole('searchbox').fill('1 entries up to 2');
  await app().locator('.events li button').first().click();
  const name = (await app().locator('.events .now .what').innerText()).split(' ')[0];
  await app().locator(`#focus-${name}`).focus();
  await page.keyboard.press('Enter');
  await app().locator('.inspect tr.changed', { hasText: 'election' }).locator('del').waitFor();
  await app().locator('.inspect .news', { hasText: 'log' }).hover();
  assert.equal(await app().locator('g.link[data-lit]').count(), 1);
});

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing in what explains, ${colorScheme}`, { colorScheme },
    async ({ open, app, page, axe }) => {
      await run(open, app, page, TWICE);
      await tab(app, 'Clients');
      await app().locator('.bar').first().click();
      assert.deepEqual(await axe(), [], 'the history');
      await button(app, 'Go to the answer').click();
      await page.keyboard.press('q');
      await app().locator('.causes').first().waitFor();
      assert.deepEqual(await axe(), [], 'why');
      await tab(app, 'Events');
      await app().getByRole('searchbox').fill('append');
      assert.deepEqual(await axe(), [], 'the log');
      await tab(app, 'Properties');
      assert.deepEqual(await axe(), [], 'properties');
      await tab(app, 'Branches');
      assert.deepEqual(await axe(), [], 'branches');
    });
}
