// Time in the hand: jumps by kind, node and mark, with keys, mouse and finger.

import { assert, test } from './support.mjs';

const state = (app) =>
  app().locator('#app').evaluate(({ dataset }) => ({
    step: Number(dataset.step), head: Number(dataset.head), digest: dataset.digest,
  }));
const button = (app, name) => app().getByRole('button', { name, exact: true });
const MINORITY = '#/g/raft-minority-leader&t=1.2s';

/** What the present event was, as the log says it. */
async function present(app) {
  await app().getByRole('tab', { name: /^Events/ }).click();
  return app().locator('.events .now .what').innerText();
}

test('to the next event of the same kind and back, by key and by button',
  async ({ open, app, page }) => {
    await open({ hash: MINORITY });
    await page.keyboard.press('Home');
    await page.keyboard.press('.');
    while (!/election timer/.test(await present(app))) await page.keyboard.press('.');
    const first = await state(app);
    await page.keyboard.press('Shift+N');
    assert.match(await present(app), /election timer goes off/);
    const second = await state(app);
    assert.ok(second.step > first.step);
    await page.keyboard.press('Shift+P');
    assert.deepEqual(await state(app), first);
    await app().locator('.jumps summary').click();
    await button(app, 'Next: Event of this kind: election timer').click();
    assert.deepEqual(await state(app), second);
    await button(app, 'Previous: Event of this kind: election timer').click();
    assert.deepEqual(await state(app), first);
    await page.keyboard.press('Escape');
    assert.equal(await app().locator('.jumps .sheet').isVisible(), false);
  });

test('to the next event of a node, the selected one or that of the present event',
  async ({ open, app, page }) => {
    await open({ hash: MINORITY });
    await page.keyboard.press('Home');
    await app().locator('#focus-n4').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('n');
    assert.match(await present(app), /^n4/);
    const { step } = await state(app);
    await app().locator('.jumps summary').click();
    await button(app, 'Next: Event at n4').click();
    assert.ok((await state(app)).step > step);
    await button(app, 'Previous: Event at n4').click();
    assert.equal((await state(app)).step, step);
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    assert.match(await present(app), /^n4/);
  });

test('a search in vain leaves the run where it was', async ({ open, app, page }) => {
  await open({ hash: '#/g/raft-first-election&t=1s' });
  const before = await state(app);
  await app().locator('#focus-c1').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('n');
  await app().getByText(/There is no event at c1 after this/).first().waitFor();
  assert.deepEqual(await state(app), before);
});

test('marks are walked by key, and the strip of marks says what they are',
  async ({ open, app, page }) => {
    await open({ hash: MINORITY });
    await page.keyboard.press('Home');
    const marks = app().getByRole('slider', { name: 'Marks' });
    await marks.focus();
    const seen = [];
    const count = Number(await marks.getAttribute('aria-valuemax'));
    for (let at = 0; at < count; at += 1) {
      await page.keyboard.press('ArrowRight');
      seen.push(await marks.getAttribute('aria-valuetext'));
    }
    assert.ok(seen.some((text) => /^Lead, event \d+, \d\.\d{3} s: n1/.test(text)), seen.join('\n'));
    assert.ok(seen.some((text) => /^Intervention, event \d+.*partition/.test(text)));
    assert.ok(seen.some((text) => /^Decision, event \d+.*committed/.test(text)));
    await page.keyboard.press('Shift+B');
    assert.equal(await marks.getAttribute('aria-valuetext'), seen.at(-2));
    await page.keyboard.press('b');
    assert.equal(await marks.getAttribute('aria-valuetext'), seen.at(-1));
  });

for (const hasTouch of [false, true]) {
  test(`a mark is read and gone to by ${hasTouch ? 'finger' : 'mouse'}`, { hasTouch },
    async ({ open, app, page }) => {
      await open({ hash: MINORITY });
      const box = await app().locator('#marks path.fault').boundingBox();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      if (hasTouch) await page.touchscreen.tap(x, y);
      else await page.mouse.move(x, y);
      await app().getByRole('tooltip').getByText(/^Intervention, event \d+.*partition/).waitFor();
      if (!hasTouch) await page.mouse.click(x, y);
      assert.match(await present(app), /partition/);
    });
}

test('to the first violation, from wherever one stands', async ({ open, app, page }) => {
  await open({ hash: '#/g/raft-flaw-vote-not-persisted&t=500ms' });
  await app().getByRole('button', { name: /^Broken.*first violation, at event \d+/ }).click();
  const { step } = await state(app);
  assert.ok(step > 0);
  await page.keyboard.press('Home');
  await page.keyboard.press('!');
  assert.equal((await state(app)).step, step);
  await open({ hash: '#/g/raft-first-election&t=1s' });
  assert.equal(await app().getByRole('button', { name: /first violation/ }).count(), 0);
  await page.keyboard.press('!');
  await app().getByText('No property is broken in what is known.').first().waitFor();
});

test('ten events and every jump are within reach of a finger', {
  viewport: { width: 375, height: 760 }, hasTouch: true,
}, async ({ open, app, page }) => {
  await open({ hash: MINORITY });
  const { step } = await state(app);
  await app().locator('.jumps summary').tap();
  await button(app, 'Previous: Ten events').tap();
  assert.equal((await state(app)).step, step - 10);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(wide, 375);
  const sheet = await app().locator('.jumps .sheet').boundingBox();
  assert.ok(sheet.x >= 0 && sheet.x + sheet.width <= 375 && sheet.y >= 0, JSON.stringify(sheet));
});

test('the speeds reach from a hundredth to a hundredfold', async ({ open, app, page }) => {
  await open({ hash: MINORITY });
  const speeds = await app().locator('#speed option').allInnerTexts();
  assert.deepEqual([speeds[0], speeds.at(-1)], ['0.01×', '100×']);
  await app().locator('#speed').selectOption('0.01');
  await page.locator('body').click({ position: { x: 1, y: 1 } });
  await page.keyboard.press('>');
  assert.equal(await app().locator('#speed').inputValue(), '0.02');
});

test('a long story does not move the stage, and can be read whole',
  { viewport: { width: 905, height: 700 } }, async ({ open, app, page }) => {
    const heights = new Set();
    for (const time of ['10ms', '450ms', '710ms', '1.4s']) {
      await open({ hash: `#/g/raft-flaw-apply-twice&t=${time}` });
      heights.add((await app().locator('.stage').boundingBox()).height);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(wide, 905);
      const [deck, side] = await Promise.all(['.deck', '.side'].map((part) =>
        app().locator(part).boundingBox()));
      assert.ok(deck.x + deck.width <= side.x + 1, JSON.stringify({ deck, side }));
    }
    assert.equal(heights.size, 1, [...heights].join());
    await page.setViewportSize({ width: 375, height: 760 });
    await open({ hash: '#/g/raft-first-election&t=20ms' });
    const story = app().locator('#narration');
    const clipped = () => story.locator('p').evaluate((p) => p.scrollHeight > p.clientHeight + 1);
    assert.equal(await clipped(), true);
    await story.focus();
    assert.equal(await clipped(), false);
  });
