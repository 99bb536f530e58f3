// The text beside the run: what is done becomes a line, what is written runs, and both can be
// undone.

import { assert, test } from './support.mjs';

const HASH = '#/g/raft-leader-crash-before-commit&t=560ms';

/** What the page says of its run. */
const state = (app) =>
  app().locator('#app').evaluate(({ dataset }) => ({
    status: dataset.status,
    step: Number(dataset.step),
    time: Number(dataset.time),
    digest: dataset.digest,
    branches: Number(dataset.branches),
  }));

const button = (app, name) => app().getByRole('button', { name, exact: true });
const text = (app) => app().locator('#script-text');
const words = (app) => app().getByRole('listbox', { name: 'Words' });
const option = (app, name) => words(app).getByRole('option', { name });

/** The text beside a run that stands still. */
async function script({ open, app }, hash = HASH) {
  await open({ hash });
  await app().getByRole('tab', { name: /^Script/ }).click();
  await text(app).waitFor();
}

/** Waits until the page says something. */
const says = (app, pattern) => app().locator('#spoken').filter({ hasText: pattern }).waitFor({
  state: 'attached',
});

/** Puts the caret behind a piece of the text, as a click does. */
const caretBehind = (app, piece) =>
  text(app).evaluate((area, wanted) => {
    area.focus();
    const at = area.value.indexOf(wanted) + wanted.length;
    area.setSelectionRange(at, at);
  }, piece);

const caret = (app) => text(app).evaluate(({ selectionStart, selectionEnd, value }) =>
  ({ before: value.slice(0, selectionStart).split('\n').at(-1), empty: selectionStart === selectionEnd }));

test('what is written runs after a pause, at the same moment, and the caret stays',
  async ({ open, app, page }) => {
    await script({ open, app });
    const before = await state(app);
    await caretBehind(app, 'raft nodes=5 clients=1');
    await page.keyboard.type(' heartbeat=40ms');
    await says(app, /The run follows the text/);
    const after = await state(app);
    assert.equal(after.time, before.time);
    assert.equal(after.status, 'paused');
    assert.notEqual(after.digest, before.digest);
    assert.deepEqual(await caret(app),
      { before: 'raft nodes=5 clients=1 heartbeat=40ms', empty: true });
    assert.match(page.url(), /t=560ms/);
    await page.keyboard.press('Control+z');
    assert.doesNotMatch(await text(app).inputValue(), /heartbeat=40ms/, "the browser's own undo");
  });

test('an edit behind the present moment changes what comes and not what was',
  async ({ open, app, page }) => {
    await script({ open, app });
    const before = await state(app);
    await caretBehind(app, 'at 1.5s restart n1');
    await page.keyboard.type('\nat 2s crash n4');
    await says(app, /The run follows the text/);
    assert.equal((await state(app)).digest, before.digest);
    await app().getByRole('button', { name: /: go to 2\.000 s$/ }).click();
    await app().locator('#node-n4[data-up=false]').waitFor();
  });

test('what is wrong is marked where it is, said, and leads there', async ({ open, app, page, axe }) => {
  await script({ open, app });
  const before = await state(app);
  await caretBehind(app, 'at 520ms ');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Delete');
  await says(app, /The run stays as it was: line \d+.*`ash` is no action.*did you mean `crash`/);
  const marked = app().locator('.sheet .text-line.t-fault');
  assert.equal(await marked.count(), 1);
  assert.equal(await marked.locator('.tk-wrong').innerText(), 'ash');
  assert.match(await marked.locator('em').innerText(), /did you mean `crash`/);
  assert.equal(await text(app).getAttribute('aria-invalid'), 'true');
  const described = await text(app).getAttribute('aria-describedby');
  assert.match(await app().locator(`#${described}`).innerText(), /`ash` is no action/);
  assert.equal((await state(app)).digest, before.digest, 'the run stays as it was');
  assert.deepEqual(await axe(), []);
  await page.keyboard.press('Control+Home');
  await app().getByRole('button', { name: /`ash` is no action/ }).click();
  assert.equal(await text(app).evaluate(({ selectionStart, selectionEnd, value }) =>
    value.slice(selectionStart, selectionEnd)), 'ash');
  await page.keyboard.type('crash');
  await page.keyboard.press('Escape');
  await marked.waitFor({ state: 'detached' });
});

test('words are completed by keyboard', async ({ open, app, page, axe }) => {
  await script({ open, app });
  await caretBehind(app, 'at 1.5s restart n1');
  await page.keyboard.type('\nat 1.6s cr');
  await option(app, 'crash').waitFor();
  const active = await text(app).getAttribute('aria-activedescendant');
  assert.equal(await app().locator(`#${active}`).getAttribute('aria-selected'), 'true');
  assert.deepEqual(await axe(), []);
  await page.keyboard.press('Tab');
  await words(app).waitFor({ state: 'detached' });
  assert.equal((await caret(app)).before, 'at 1.6s crash');
  await page.keyboard.type(' ');
  await page.keyboard.press('Control+ ');
  await option(app, 'followers').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal((await caret(app)).before, 'at 1.6s crash n2');
  await says(app, /The run follows the text/);
  await page.keyboard.press('Control+ ');
  await words(app).waitFor();
  await page.keyboard.press('Escape');
  await words(app).waitFor({ state: 'detached' });
  // Closed, it takes nothing from anybody: Enter makes a line, Tab leaves.
  await page.keyboard.press('Enter');
  assert.equal((await caret(app)).before, '');
  await page.keyboard.press('Tab');
  assert.notEqual(await page.evaluate(() => document.activeElement.id), 'script-text');
});

test('words are completed by mouse, and the browser can undo that', async ({ open, app, page }) => {
  await script({ open, app });
  await caretBehind(app, 'at 1.5s restart n1');
  await page.keyboard.type('\nat 1.6s cut n1 > fo');
  await option(app, /^followers/).click();
  await words(app).waitFor({ state: 'detached' });
  assert.equal((await caret(app)).before, 'at 1.6s cut n1 > followers');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'script-text');
  await page.keyboard.press('Control+z');
  assert.notEqual((await caret(app)).before, 'at 1.6s cut n1 > followers');
});

test('an action becomes a line, in sight and marked', async ({ open, app, page }) => {
  await script({ open, app });
  await app().locator('#focus-n2').focus();
  await page.keyboard.press('z');
  const fresh = app().locator('.sheet .text-line.t-fresh');
  await fresh.waitFor();
  assert.equal(await fresh.innerText(), 'at 560ms pause n2');
  const seen = await fresh.evaluate((row) => {
    const [box, editor] = [row, row.closest('.editor')].map((e) => e.getBoundingClientRect());
    return box.top >= editor.top && box.bottom <= editor.bottom;
  });
  assert.ok(seen);
  assert.match(await text(app).inputValue(), /^at 560ms pause n2$/m);
});

test('an action while the text does not read is not lost', async ({ open, app, page }) => {
  await script({ open, app });
  await caretBehind(app, 'seed 32');
  await page.keyboard.type('x');
  await says(app, /`32x` is no whole number/);
  await app().locator('#focus-n2').focus();
  await page.keyboard.press('z');
  await app().locator('#node-n2[data-paused=true]').waitFor();
  assert.match(await text(app).inputValue(), /seed 32x[\s\S]*\nat 560ms pause n2\n$/);
  const { digest } = await state(app);
  await caretBehind(app, 'seed 32x');
  await page.keyboard.press('Backspace');
  await says(app, /The run follows the text/);
  assert.equal((await state(app)).digest, digest, 'mended, it says what was done');
});

test('the line of the moment follows the run, and its time leads there', async ({ open, app, page }) => {
  await script({ open, app });
  const present = app().locator('.sheet .text-line.t-present');
  const next = app().locator('.sheet .text-line.t-next');
  assert.match(await present.innerText(), /^say 0\.55s/);
  assert.match(await next.innerText(), /^say 0\.85s/);
  assert.match(await app().locator('.gutter [aria-current=time]').innerText(), /^0\.550/);
  await app().locator('#scrubber').focus();
  await page.keyboard.press('Home');
  await app().locator('#app[data-step="0"]').waitFor();
  assert.equal(await present.count(), 0);
  await app().getByRole('button', { name: /: go to 0\.490 s$/ }).click();
  assert.equal((await state(app)).time, 490_000);
  assert.match(await present.innerText(), /^at 490ms partition/);
  await caretBehind(app, 'at 1.5s restart');
  await page.keyboard.press('Control+Enter');
  assert.equal((await state(app)).time, 1_500_000);
  await app().locator('#node-n1[data-up=true]').waitFor();
});

test('undo and redo by key and by button bring back the very same run', async ({ open, app, page }) => {
  await script({ open, app });
  const seen = [await state(app)];
  const texts = [await text(app).inputValue()];
  const note = async () => {
    seen.push(await state(app));
    texts.push(await text(app).inputValue());
  };
  await app().locator('#focus-n2').focus();
  await page.keyboard.press('z');
  await note();
  for (let i = 0; i < 5; i += 1) await page.keyboard.press('.');
  await app().locator('#focus-n3').focus();
  await page.keyboard.press('c');
  await note();
  // Into the past: a branch begins.
  for (let i = 0; i < 20; i += 1) await page.keyboard.press(',');
  await page.keyboard.press('i');
  await note();
  assert.equal(seen[3].branches, 2);
  await page.keyboard.press('Control+z');
  await says(app, /Undone: isolate n3/);
  assert.equal(await text(app).inputValue(), texts[2]);
  assert.equal((await state(app)).branches, 2, 'the branch is kept');
  await page.keyboard.press('Control+z');
  await says(app, /Undone: crash n3/);
  assert.equal(await text(app).inputValue(), texts[1]);
  await button(app, 'Undo').click();
  const first = await state(app);
  assert.deepEqual([first.digest, first.time], [seen[0].digest, seen[0].time]);
  assert.equal(await text(app).inputValue(), texts[0]);
  assert.equal(await button(app, 'Undo').getAttribute('aria-disabled'), 'true');
  await button(app, 'Redo').click();
  await page.keyboard.press('Control+Shift+Z');
  await page.keyboard.press('Control+y');
  const last = await state(app);
  assert.deepEqual([last.digest, last.step], [seen[3].digest, seen[3].step]);
  assert.equal(await text(app).inputValue(), texts[3]);
  assert.equal(await button(app, 'Redo').getAttribute('aria-disabled'), 'true');
});

test('an edit is one thing to undo, and so is another scenario', async ({ open, app, page }) => {
  await script({ open, app });
  const before = await state(app);
  const was = await text(app).inputValue();
  await caretBehind(app, 'seed 3');
  await page.keyboard.type('4');
  await says(app, /The run follows the text/);
  await page.keyboard.type('5');
  await app().locator(`#app:not([data-digest="${(await state(app)).digest}"])`).waitFor();
  const edited = await state(app);
  await button(app, 'Scenarios').click();
  await app().locator('[data-scenario=ping-first]').click();
  await page.waitForFunction(() => !document.querySelector('dialog'));
  assert.notEqual(await page.evaluate(() => document.activeElement.tagName), 'BODY');
  await button(app, 'Undo').click();
  await says(app, /Undone: open/);
  assert.equal((await state(app)).digest, edited.digest);
  assert.match(await page.title(), /The leader dies/);
  await button(app, 'Undo').click();
  assert.equal((await state(app)).digest, before.digest);
  assert.equal(await text(app).inputValue(), was);
  await button(app, 'Redo').click();
  assert.equal((await state(app)).digest, edited.digest);
});

test('undo leads back from a text that does not read, and redo to it', async ({ open, app, page }) => {
  await script({ open, app });
  const was = await text(app).inputValue();
  await caretBehind(app, 'interleave 1');
  await page.keyboard.type(' 2');
  await says(app, /is too much/);
  await button(app, 'Undo').click();
  assert.equal(await text(app).inputValue(), was);
  await button(app, 'Redo').click();
  assert.match(await text(app).inputValue(), /^interleave 1 2\n/);
});

test('a telephone: words by touch, errors, undo',
  { viewport: { width: 375, height: 760 }, hasTouch: true, isMobile: true },
  async ({ open, app, page, axe }) => {
    await script({ open, app });
    await caretBehind(app, 'at 1.5s restart n1');
    await page.keyboard.type('\nat 1.6s cr');
    await option(app, 'crash').tap();
    await words(app).waitFor({ state: 'detached' });
    assert.equal((await caret(app)).before, 'at 1.6s crash');
    await page.keyboard.type(' n3');
    await says(app, /The run follows the text/);
    const { digest } = await state(app);
    await button(app, 'Undo').tap();
    assert.doesNotMatch(await text(app).inputValue(), /crash n3/);
    await button(app, 'Redo').tap();
    assert.equal((await state(app)).digest, digest);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 375);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('button, [role=option]')]
        .filter((element) => element.checkVisibility())
        .map((element) => ({ box: element.getBoundingClientRect(), name: element.outerHTML }))
        .filter(({ box }) => box.width < 24 || box.height < 24)
        .map(({ name }) => name.slice(0, 80)));
    assert.deepEqual(small, []);
    // The narration scrolls on a telephone, with or without this panel.
    const rules = { 'scrollable-region-focusable': { enabled: false } };
    assert.deepEqual(await axe({ rules }), []);
  });

test('where nothing happens by itself, lines without a time have one all the same',
  async ({ open, app }) => {
    await script({ open, app }, '#/g/raft-by-hand&t=100ms');
    const times = app().getByRole('button', { name: /^Line \d+: go to/ });
    assert.ok(await times.count() > 5);
    await times.nth(1).click();
    assert.ok(await app().locator('.sheet .text-line.t-present').count() === 1);
  });

test('a link that does not open gives way to what runs', async ({ open, app, page }) => {
  await open({ hash: '#/g/no-such-scenario' });
  await app().getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await app().getByRole('dialog').waitFor({ state: 'detached' });
  await page.waitForFunction(() => !location.hash.includes('no-such'));
  await page.waitForFunction(() => document.activeElement !== document.body);
});

test('the address follows when play ends by itself', async ({ open, app, page }) => {
  await open({ query: 'speed=10', hash: '#/g/ping-first' });
  await button(app, 'Play').click();
  await button(app, 'Pause').waitFor();
  await button(app, 'Play').waitFor();
  const { time } = await state(app);
  assert.ok(time > 0);
  await page.waitForFunction(() => /&t=/.test(location.hash));
});
