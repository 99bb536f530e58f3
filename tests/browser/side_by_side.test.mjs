// Two protocols side by side: one clock, two stages, one of them faced, and what both have cost.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, project, test } from './support.mjs';

const PAIR = '#/g/raft-two-timeouts&t=1.2s';
const button = (app, name) => app().getByRole('button', { name, exact: true });
const state = (app) => app().locator('#app').evaluate(({ dataset }) => ({
  step: Number(dataset.step), time: Number(dataset.time), digest: dataset.digest,
}));
const text = (page) => page.evaluate(() => globalThis.interleave.text());
const faced = (app) => app().locator('.lane').evaluateAll((lanes) =>
  lanes.map(({ dataset }) => dataset.faced));
const figures = (app, name) => app().locator(`.figures [data-figure="${name}"]`).allInnerTexts();
const tab = (app, name) => app().getByRole('tab', { name }).click();
/** Where the nodes of both stages stand, and what they are. */
const roles = (app) => app().locator('.lane').evaluateAll((lanes) => lanes.map((lane) =>
  [...lane.querySelectorAll('g.node')].map(({ dataset }) => `${dataset.role} ${dataset.up}`)));

test('two stages stand on one clock', async ({ open, app }) => {
  await open({ hash: PAIR });
  assert.equal(await app().locator('.stage').count(), 2);
  assert.deepEqual(await faced(app), ['true', 'false']);
  assert.deepEqual(await app().locator('.lane-name').allInnerTexts(), ['Raft, first', 'Raft, second']);
  const [first, second] = await app().locator('.stage').evaluateAll((stages) => stages.map((stage) => {
    const { width, height } = stage.getBoundingClientRect();
    return { width: Math.round(width), height: Math.round(height) };
  }));
  assert.ok(Math.abs(first.width - second.width) <= 1 && first.height === second.height);
  const [left, right] = await roles(app);
  assert.equal(left.length, 6);
  assert.equal(right.length, 6);
  // Both canvases are painted: messages are on their way in both.
  const inked = await app().locator('.stage canvas').evaluateAll((canvases) => canvases.map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value > 0);
  }));
  assert.deepEqual(inked, [true, true]);
});

test('what is counted grows as they go, and agrees with the table', async ({ open, app, page }) => {
  await open({ hash: PAIR });
  const before = (await figures(app, 'messages')).map(Number);
  assert.ok(before.every((count) => count > 0), `${before}`);
  await page.keyboard.press('Shift+ArrowRight');
  const after = (await figures(app, 'messages')).map(Number);
  assert.ok(after[0] > before[0], `${before} ${after}`);
  await tab(app, 'Compare');
  const table = await app().locator('.compare [data-figure="messages"]').allInnerTexts();
  assert.deepEqual(table.map(Number), after);
  // Steps back give the same numbers again.
  for (let step = 0; step < 10; step += 1) await page.keyboard.press('ArrowLeft');
  const back = (await figures(app, 'messages')).map(Number);
  assert.ok(back[0] <= after[0]);
  // At the end the second was unavailable for longer, and the command line says the same.
  await page.goto(page.url().replace(/&t=.*/, '&t=5s'));
  await page.reload();
  await app().locator('#app[data-time="5000000"]').waitFor();
  const numbers = (await figures(app, 'unavailable')).map(Number.parseFloat);
  assert.ok(numbers[1] > 2 * numbers[0] && numbers[0] > 0, `${numbers}`);
  assert.equal(await app().locator('.strip i').count(), 2);
});

test('a stage is faced by click, by key and by its head', async ({ open, app, page }) => {
  await open({ hash: PAIR });
  const { digest } = await state(app);
  await app().locator('#stage-beside [data-select="node:n3"] .halo').click();
  assert.deepEqual(await faced(app), ['false', 'true']);
  // What was clicked is selected, in the run that was clicked.
  await app().locator('#stage #node-n3.selected').waitFor();
  assert.equal(await app().locator('.lane').nth(1).locator('#node-n3').count(), 1);
  await button(app, 'Raft, first').click();
  assert.deepEqual(await faced(app), ['true', 'false']);
  await button(app, 'Raft, second').focus();
  await page.keyboard.press('Enter');
  assert.deepEqual(await faced(app), ['false', 'true']);
  assert.equal((await state(app)).digest, digest, 'turning round changes nothing');
  // Another branch of panels: the log is that of the run that is faced.
  await tab(app, 'Properties');
  assert.equal(await app().locator('[data-property]').count() > 3, true);
  // No id stands twice.
  const twice = await app().locator('[id]').evaluateAll((all) => {
    const ids = all.map((element) => element.id);
    return ids.filter((id, at) => ids.indexOf(id) !== at);
  });
  assert.deepEqual(twice, []);
});

test('a crash of each leader hits both, is one line, and its link replays', async (fixture) => {
  const { open, app, page, fresh } = fixture;
  await open({ hash: PAIR });
  const before = await roles(app);
  await button(app, 'Crash each leader').click();
  const after = await roles(app);
  for (const lane of [0, 1]) {
    const down = (all) => all[lane].filter((role) => role.endsWith('false')).length;
    assert.equal(down(before), 0);
    assert.equal(down(after), 1);
  }
  const lines = (await text(page)).split('\n').filter((line) => line.includes('1.2s'));
  assert.deepEqual(lines, ['at 1.2s crash leader']);
  await button(app, 'Share').click();
  const link = await app().locator('#share-link').inputValue();
  const friend = await fresh();
  await friend.open({ hash: new URL(link).hash });
  assert.equal((await state(friend.app)).digest, (await state(app)).digest);
  await page.keyboard.press('Escape');
  // Undone, both stand again; done again, both are down.
  await page.keyboard.press('Control+z');
  assert.deepEqual(await roles(app), before);
  await page.keyboard.press('Control+Shift+z');
  assert.deepEqual(await roles(app), after);
});

test('what is done to one message is done to the run that is faced', async ({ open, app, page }) => {
  await open({ hash: PAIR });
  await button(app, 'Raft, second').click();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('m');
  await button(app, 'Drop').click();
  const lines = (await text(page)).split('\n').filter((line) => line.includes(' drop '));
  assert.equal(lines.length, 1);
  assert.match(lines[0], /^second at 1\.2.* drop n\d#\d+$/);
});

test('a branch and a turn in the past go together', async ({ open, app, page }) => {
  await open({ hash: '#/g/raft-two-timeouts&t=3s' });
  await app().locator('#scrubber').evaluate((range) => {
    range.value = String(Math.round(Number(range.max) / 2));
    range.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await button(app, 'Raft, second').click();
  await app().locator('#stage #focus-n2').click({ force: true });
  await button(app, 'Crash').click();
  await tab(app, 'Branches');
  const branches = await app().locator('#app').getAttribute('data-branches');
  assert.equal(branches, '2');
  const both = (await roles(app)).map((lane) => lane[1]);
  assert.deepEqual(both.map((role) => role.split(' ')[1]), ['false', 'false']);
});

test('another protocol is put beside, and taken away', async ({ open, app, page }) => {
  await open({ hash: '#/g/raft-first-election&t=1s' });
  assert.equal(await app().locator('.lane').count(), 0);
  assert.equal(await app().getByRole('tab', { name: 'Compare' }).count(), 0);
  const alone = await text(page);
  await page.keyboard.press('s');
  await app().getByRole('dialog').getByLabel('protocol', { exact: true }).selectOption('raft');
  await button(app, 'Run with these').click();
  await app().locator('.lane').nth(1).waitFor();
  assert.match(await text(page), /^beside raft$/m);
  assert.equal((await state(app)).time, 1_000_000);
  // Now the second has parameters and flaws of its own.
  await page.keyboard.press('s');
  const dialog = app().getByRole('dialog');
  await dialog.getByLabel('election', { exact: true }).nth(1).fill('1s..2s');
  await dialog.getByLabel('commit_old_term', { exact: true }).nth(1).check();
  await button(app, 'Run with these').click();
  await app().locator('.lane-flaws').waitFor();
  const changed = await text(page);
  assert.match(changed, /^beside raft election=1s\.\.2s$/m);
  assert.match(changed, /^second flaw commit_old_term$/m);
  await tab(app, 'Compare');
  await button(app, 'Raft, first alone').click();
  await app().locator('.lane').first().waitFor({ state: 'detached' });
  assert.equal(await text(page), alone);
  await page.keyboard.press('Control+z');
  await app().locator('.lane').nth(1).waitFor();
});

test('another second protocol leaves behind what was the old one\'s', async ({ open, app, page }) => {
  await open({ hash: PAIR });
  const dialog = app().getByRole('dialog');
  const second = () => dialog.getByLabel('protocol', { exact: true });
  await page.keyboard.press('s');
  await dialog.getByLabel('apply_twice', { exact: true }).nth(1).check();
  await button(app, 'Run with these').click();
  await app().locator('.lane-flaws').waitFor();
  await page.keyboard.press('s');
  await dialog.getByLabel('election', { exact: true }).nth(1).fill('1s..2s');
  await second().selectOption('multi_paxos');
  await button(app, 'Run with these').click();
  await app().locator('#lane-second').getByText('Multi-Paxos').waitFor();
  const changed = await text(page);
  assert.match(changed, /^beside multi_paxos$/m);
  assert.doesNotMatch(changed, /^second /m);
  await page.keyboard.press('s');
  await dialog.getByLabel('commit_old_term', { exact: true }).check();
  await second().selectOption('none');
  await button(app, 'Run with these').click();
  await app().locator('.lane').first().waitFor({ state: 'detached' });
  assert.match(await text(page), /^flaw commit_old_term$/m);
});

test('a fault of the second protocol is said in the text', async ({ open, app, page }) => {
  await open({ hash: PAIR });
  await tab(app, 'Script');
  const area = app().locator('#script-text');
  const source = readFileSync(join(project, 'src/scenario/library/raft-two-timeouts.scenario'), 'utf8');
  await area.fill(source.replace('beside raft', 'beside rafd'));
  await app().getByText('did you mean `raft`').first().waitFor();
  await area.fill(source);
  await page.keyboard.press('Escape');
});

for (const viewport of [{ width: 375, height: 760 }, { width: 320, height: 640 }, { width: 820, height: 1180 },
  { width: 1100, height: 700 }, { width: 667, height: 375 }]) {
  test(`both stages are whole at ${viewport.width} × ${viewport.height}`, { viewport }, async ({ open, app, axe }) => {
    await open({ hash: PAIR });
    const boxes = await app().locator('.stage').evaluateAll((stages) => stages.map((stage) => {
      const { width, height, right } = stage.getBoundingClientRect();
      return { width, height, right };
    }));
    for (const box of boxes) {
      assert.ok(box.width >= 240 && box.height >= 160, JSON.stringify(box));
      assert.ok(box.right <= viewport.width + 1, JSON.stringify(box));
    }
    const wide = await app().locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);
    assert.ok(wide <= 0, `the page is ${wide} px too wide`);
    assert.deepEqual(await axe(), []);
  });
}

for (const colorScheme of ['light', 'dark']) {
  test(`nothing is wrong for who does not see it, ${colorScheme}`, { colorScheme }, async ({ open, app, axe }) => {
    await open({ hash: '#/g/raft-two-timeouts&t=2.4s' });
    assert.deepEqual(await axe(), []);
    await tab(app, 'Compare');
    assert.deepEqual(await axe(), []);
  });
}

test('in a frame two runs play as one', { sandbox: 'allow-scripts' }, async ({ open, app }) => {
  await open({ query: 'embed=1', hash: PAIR });
  assert.equal(await app().locator('.lane').count(), 2);
  await button(app, 'Play').click();
  await app().locator('#app[data-status=playing]').waitFor();
  const before = (await figures(app, 'messages')).map(Number);
  await app().locator('body').evaluate(() => new Promise((done) => setTimeout(done, 1500)));
  const after = (await figures(app, 'messages')).map(Number);
  assert.ok(after.every((count, lane) => count > before[lane]), `${before} ${after}`);
});
