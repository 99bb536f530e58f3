// Everything that can be done to a run: by button, by menu, by key, by touch; with exact values;
// and that it comes out the same wherever its link is opened.

import { assert, test } from './support.mjs';

const WRITING = '#/g/raft-minority-leader&t=515ms';
const QUIET = '#/g/raft-first-election&t=1s';
const button = (app, name) => app().getByRole('button', { name, exact: true });
const field = (app, name) => app().getByRole('dialog').getByLabel(name, { exact: true });
const item = (app, name) => app().getByRole('menuitem', { name });
const state = (app) => app().locator('#app').evaluate(({ dataset }) => ({
  step: Number(dataset.step), time: Number(dataset.time), digest: dataset.digest,
}));
const text = (page) => page.evaluate(() => globalThis.interleave.text());
const gone = (app) => app().getByRole('dialog').waitFor({ state: 'detached' });
const select = (app, name) => app().locator(`#focus-${name}`).click({ force: true });
const doIt = async (app) => {
  await button(app, 'Do it').click();
  await gone(app);
};

/** The lines of actions that a run has and its scenario had not. */
async function added(page, act) {
  const before = (await text(page)).split('\n');
  await act();
  return (await text(page)).split('\n')
    .filter((line) => !before.includes(line) && /^(at|from) /.test(line))
    .map((line) => line.replace(/^at \S+ /, ''));
}

/** A second person opens the link, and sees the very same run. */
async function sharesExactly({ app, fresh }) {
  const seen = await state(app);
  await button(app, 'Share').click();
  const link = await app().locator('#share-link').inputValue();
  const friend = await fresh();
  await friend.open({ hash: new URL(link).hash });
  assert.deepEqual(await state(friend.app), seen);
}

test('one of each kind, done by button, replays to the same run', async (fixture) => {
  const { open, app, page } = fixture;
  await open({ hash: WRITING });
  const lines = await added(page, async () => {
    await page.keyboard.press('m');
    await button(app, 'Duplicate').click();
    await button(app, 'Delay by…').click();
    await field(app, 'by').fill('35ms');
    await doIt(app);
    await page.keyboard.press('m');
    await button(app, 'Drop').click();
    await page.keyboard.press('m');
    await button(app, 'Deliver now').click();
    await page.keyboard.press('l');
    await button(app, 'Exactly…').click();
    await field(app, 'delay').fill('30ms..45ms');
    await field(app, 'duplicates').fill('12%');
    await field(app, 'order').selectOption('fifo');
    await doIt(app);
    await button(app, 'Exactly, this way…').first().click();
    await field(app, 'loss').fill('25%');
    await doIt(app);
    await page.keyboard.press('l');
    await button(app, 'Hold this way').first().click();
    await button(app, 'Cut').click();
    await button(app, 'Mend').click();
    await select(app, 'n2');
    await button(app, 'Clock…').click();
    await field(app, 'offset').fill('-20ms');
    await field(app, 'drift').fill('+5%');
    await doIt(app);
    await button(app, 'Fire election timer').click();
    await button(app, 'Pause for…').click();
    await field(app, 'for').fill('120ms');
    await doIt(app);
    await select(app, 'n4');
    await button(app, 'Crash').click();
    await button(app, 'Restart').click();
    await button(app, 'Isolate').click();
    await select(app, 'c2');
    await button(app, 'Ask: append…').click();
    await field(app, 'text').fill('zz');
    await doIt(app);
    await button(app, 'Do something…').click();
    await button(app, 'Type the sides of a partition…').click();
    await field(app, 'sides').fill('n1 c1 | n2 n3 | n4 n5');
    await doIt(app);
    await button(app, 'Do something…').click();
    await button(app, 'How every link behaves…').click();
    await field(app, 'loss').fill('3%');
    await doIt(app);
    await button(app, 'Heal the network').click();
  });
  for (const wanted of [/^duplicate n\d#/, /^delay n\d#\d+ 35ms$/, /^drop /, /^deliver /,
    /^link n1 <> n2 delay=30ms..45ms duplicate=12% order=fifo$/, /^link n1 > n2 loss=25%$/,
    /^hold n1 > n3$/, /^cut n1 <> n3$/, /^release n1 <> n3$/,
    /^clock n2 drift=\+?(5%|50000ppm) offset=-20ms$/, /^fire n2 election$/,
    /^pause n2 for 120ms$/, /^crash n4$/, /^restart n4$/, /^isolate n4$/, /^c2 append x zz$/,
    /^partition n1 c1 \| n2 n3 \| n4 n5$/, /^network loss=3%$/, /^heal$/]) {
    assert.ok(lines.some((line) => wanted.test(line)), `${wanted} in\n${lines.join('\n')}`);
  }
  for (let step = 0; step < 40; step += 1) await page.keyboard.press('.');
  await sharesExactly(fixture);
});

test('every key of a node, a link and a message does what the table says', async (fixture) => {
  const { open, app, page } = fixture;
  await open({ hash: WRITING });
  const lines = await added(page, async () => {
    for (const key of ['m', 'u', 'w', 'v', 'm', 'd', 'l', 'h', 'h', 'x', 'x']) {
      await page.keyboard.press(key);
    }
    await select(app, 'n3');
    for (const key of ['t', 'i', 'i', 'z', 'z', 'c', 'c', 'Shift+X']) await page.keyboard.press(key);
    await page.keyboard.press('e');
    await field(app, 'drift').fill('-100ppm');
    await page.keyboard.press('Enter');
    await gone(app);
    await select(app, 'c1');
    await page.keyboard.press('o');
    await field(app, 'value').fill('7');
    await page.keyboard.press('Enter');
    await gone(app);
    await page.keyboard.press('Shift+I');
    await app().getByRole('dialog', { name: 'Partition' }).waitFor();
    await button(app, 'Partition').click();
    await gone(app);
    await page.keyboard.press('Shift+I');
    await button(app, 'Hold between the sides').click();
    await gone(app);
  });
  assert.deepEqual(lines.map((line) => line.split(' ')[0]).filter((verb) => verb !== 'release'), [
    'duplicate', 'delay', 'deliver', 'drop', 'hold', 'cut', 'fire', 'isolate', 'pause', 'resume',
    'crash', 'restart', 'heal', 'clock', 'c1', 'partition', ...Array(6).fill('hold')]);
  await sharesExactly(fixture);
});

test('a menu has all of it too', async ({ open, app, page }) => {
  await open({ hash: WRITING });
  const lines = await added(page, async () => {
    await app().locator('#focus-n5').click({ button: 'right', force: true });
    await item(app, /^Clock…/).click();
    await field(app, 'offset').fill('+1s');
    await doIt(app);
    await app().locator('#focus-n5').click({ button: 'right', force: true });
    await item(app, /^Fire election timer/).click();
    await app().locator('#focus-c1').click({ button: 'right', force: true });
    await item(app, /^Ask: get…/).click();
    await doIt(app);
    await page.keyboard.press('m');
    await app().locator('.target').first().click({ button: 'right', force: true });
    await item(app, /^Delay by…/).click();
    await button(app, 'by: 1s').click();
    await doIt(app);
  });
  assert.match(lines.join('\n'), /clock n5 offset=\+1s\nfire n5 election\nc1 get x\ndelay \S+ 1s/);
});

test('a finger does it', { viewport: { width: 375, height: 740 }, hasTouch: true },
  async ({ open, app, page }) => {
    await open({ hash: WRITING });
    const lines = await added(page, async () => {
      await app().locator('#focus-n2').tap({ force: true });
      await button(app, 'Pause for…').tap();
      await button(app, 'for: 200ms').tap();
      await button(app, 'Do it').tap();
      await gone(app);
      await app().locator('#focus-n2').tap({ force: true });
      await button(app, 'Clock…').tap();
      await button(app, 'drift: +10%').tap();
      await button(app, 'Do it').tap();
      await gone(app);
    });
    assert.match(lines.join('\n'), /^pause n2 for 200ms\nclock n2 drift=\S+$/);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 375);
  });

test('what is out of bounds is said at the field, and nothing happens', async ({ open, app, page }) => {
  await open({ hash: WRITING });
  await select(app, 'n2');
  const lines = await added(page, async () => {
    await button(app, 'Clock…').click();
    await field(app, 'drift').fill('60%');
    await app().getByText(/no clock drifts as fast as that/).waitFor();
    assert.equal(await field(app, 'drift').getAttribute('aria-invalid'), 'true');
    assert.equal(await field(app, 'offset').getAttribute('aria-invalid'), null);
    await button(app, 'Do it').click();
    assert.equal(await app().getByRole('dialog').count(), 1);
    await field(app, 'drift').fill('+0ppm # x');
    await app().getByText('a value has no spaces in it').waitFor();
    await field(app, 'drift').fill('+0ppm');
    await button(app, 'Do it').click();
    await app().getByRole('dialog').getByText('Nothing is changed yet.').waitFor();
    await button(app, 'Cancel').click();
    await gone(app);
    await page.keyboard.press('l');
    await page.keyboard.press('e');
    await field(app, 'loss').fill('150%');
    await field(app, 'delay').fill('20ms..5ms');
    await app().getByText(/the range is the wrong way round/).waitFor();
    await field(app, 'delay').fill('5ms');
    await app().getByText(/no share is more than 100%|150%/).waitFor();
    await page.keyboard.press('Escape');
    await gone(app);
    await button(app, 'Do something…').click();
    await button(app, 'Type the sides of a partition…').click();
    await field(app, 'sides').fill('n1 n2 | n9');
    await app().getByText(/there is no node or role/).waitFor();
  });
  assert.deepEqual(lines, []);
});

test('the run changes and keeps its actions, its comments and its moment', async (fixture) => {
  const { open, app, page } = fixture;
  await open({ hash: QUIET });
  await page.evaluate(() => globalThis.interleave.open([
    'interleave 1', '# mine', 'raft nodes=5  clients=1   # five', 'seed 3',
    'at 0.2s crash n2  # early', 'until 3s', ''].join('\n')));
  for (let step = 0; step < 30; step += 1) await page.keyboard.press('.');
  await select(app, 'n1');
  await button(app, 'Clock…').click();
  await field(app, 'offset').fill('+7ms');
  await doIt(app);
  const before = await state(app);
  await page.keyboard.press('s');
  await field(app, 'election').fill('100ms..500ms');
  await field(app, 'seed').fill('12');
  await field(app, 'loss').fill('1%');
  await app().getByRole('checkbox', { name: 'quorum_too_small' }).check();
  await button(app, 'Run with these').click();
  await gone(app);
  const after = await text(page);
  assert.match(after, /^interleave 1\n# mine\nraft nodes=5 {2}clients=1 election=100ms..500ms {3}# five\nseed 12\nnetwork loss=1%\nflaw quorum_too_small\nat 0.2s crash n2 {2}# early\nat \S+ clock n1 offset=\+7ms\nuntil 3s\n$/);
  assert.equal((await state(app)).time, before.time);
  assert.notEqual((await state(app)).digest, before.digest);
  assert.equal(await app().locator('#node-n2.down').count(), 1);
  await button(app, 'Select nothing').click();
  await button(app, 'Change the run…').click();
  await button(app, 'Another seed').click();
  assert.notEqual(await field(app, 'seed').inputValue(), '12');
  await app().getByRole('checkbox', { name: 'quorum_too_small' }).uncheck();
  await button(app, 'Run with these').click();
  await gone(app);
  assert.doesNotMatch(await text(page), /flaw|seed 12\n/);
  await sharesExactly(fixture);
});

test('a run that cannot be is refused where it is wrong', async ({ open, app, page, axe }) => {
  await open({ hash: QUIET });
  await select(app, 'n5');
  await page.keyboard.press('c');
  await page.keyboard.press('s');
  const dialog = app().getByRole('dialog', { name: 'The run' });
  await field(app, 'nodes').fill('99');
  await dialog.getByText(/is out of range; expected a number of nodes from/).waitFor();
  await field(app, 'nodes').fill('3');
  await dialog.getByText(/^line \d+, at \S+ crash n5: there is no node or role/).waitFor();
  await field(app, 'nodes').fill('5');
  await field(app, 'heartbeat').fill('soon');
  assert.equal(await field(app, 'heartbeat').getAttribute('aria-invalid'), 'true');
  await button(app, 'Run with these').click();
  assert.equal(await dialog.count(), 1);
  assert.deepEqual(await axe(), []);
  await field(app, 'heartbeat').fill('');
  await field(app, 'nodes').fill('7');
  await button(app, 'Run with these').click();
  await gone(app);
  assert.equal(await app().locator('.stage .node:not(.client)').count(), 7);
});

test('no key of the table stands for two things', async ({ open, app, page }) => {
  await open({ hash: QUIET });
  await page.keyboard.press('?');
  const shown = await app().locator('.keys tr').evaluateAll((rows) =>
    rows.map((row) => row.cells[0].textContent.trim()));
  assert.ok(shown.length > 20);
  assert.deepEqual(shown.filter((each, at) => shown.indexOf(each) !== at), []);
});

test('a dialog that closes gives the focus back to the node that had it', async ({ open, app, page }) => {
  await open({ hash: QUIET });
  for (const close of ['Close', 'Cancel']) {
    await app().locator('#focus-n3').focus();
    await page.keyboard.press('e');
    await button(app, close).click();
    await gone(app);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'focus-n3', close);
  }
  await app().locator('#focus-n2').focus();
  await page.keyboard.press('s');
  await field(app, 'seed').fill('77');
  await page.keyboard.press('Enter');
  await gone(app);
  assert.match(await text(page), /seed 77/);
  await page.keyboard.press('Control+z');
  assert.doesNotMatch(await text(page), /seed 77/);
});
