// The pictures that protocols compose: of one node, of the whole cluster, and one of each kind.

import { assert, test } from './support.mjs';

const WRITING = '#/g/raft-minority-leader&t=515ms';
const whole = (app) => app().locator('.whole');
const panel = (app, kind) => app().locator(`[data-panel=${kind}]`);
const select = (app, name) => app().locator(`#node-${name}`).click({ force: true });
/** What a screen reader finds in an element: no text that is hidden from it. */
const read = (locator) => locator.evaluate((element) => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll('[aria-hidden=true]').forEach((hidden) => hidden.remove());
  return copy.textContent.replace(/\s+/g, ' ').trim();
});

test('all logs stand aligned, with term, command, and how far they are committed',
  async ({ open, app }) => {
    await open({ hash: WRITING });
    const matrix = whole(app).getByRole('group', { name: 'all logs' });
    assert.deepEqual(await matrix.locator('thead th').allTextContents(), ['1', '2']);
    const rows = matrix.locator('tbody tr');
    assert.equal(await rows.count(), 5);
    assert.equal(await read(rows.nth(0).locator('td').nth(0)),
      'no-op, term 1, settled, commit_index, last_applied');
    assert.match(await read(rows.nth(0).locator('td').nth(1)), /^put x old .*term 1$/);
    assert.equal(await rows.nth(1).locator('td').nth(1).textContent(), '');
    assert.equal(await matrix.locator('td.mark').count(), 5);
    assert.equal(await matrix.locator('td .gen-1').count(), 6);
    await matrix.getByText('commit_index, last_applied', { exact: true }).waitFor();
  });

test('it follows the run, and a crash shows what stays on stable storage', async ({ open, app }) => {
  await open({ hash: WRITING });
  const settled = () => whole(app).locator('.is-settled').count();
  assert.equal(await settled(), 5);
  await app().getByRole('button', { name: 'Crash the leader' }).click();
  assert.equal(await settled(), 4);
  assert.equal(await whole(app).locator('tbody tr').first().locator('.spot').count(), 2);
  await app().getByRole('button', { name: 'Previous event' }).click();
  assert.equal(await settled(), 5);
});

test('whatever stands for a node selects it, by click and by key', async ({ open, app, page }) => {
  await open({ hash: WRITING });
  await whole(app).getByRole('button', { name: 'n3', exact: true }).click();
  await app().locator('[data-inspect=n3]').waitFor();
  await app().getByRole('button', { name: 'Select nothing' }).click();
  await whole(app).locator('tbody tr').nth(1).locator('button.spot').first().focus();
  await page.keyboard.press('Enter');
  await app().locator('[data-inspect=n2]').waitFor();
});

test('a leader shows what it knows of the others', async ({ open, app }) => {
  await open({ hash: WRITING });
  await select(app, 'n1');
  const matrix = panel(app, 'matrix');
  assert.deepEqual(await matrix.locator('thead th').allTextContents(), ['nextIndex', 'matchIndex']);
  assert.equal(await read(matrix.locator('tbody tr').first()), 'n231');
  await select(app, 'n2');
  await app().locator('[data-inspect=n2]').waitFor();
  assert.equal(await matrix.count(), 0);
});

test('ping draws its questions as a chain and its round trips as a plot', async ({ open, app }) => {
  await open({ hash: '#/g/ping-first&t=0.9s' });
  const links = whole(app).locator('.chain li');
  assert.equal(await links.count(), 8);
  assert.match(await read(links.last()), /^then question 9 to n4, no answer yet$/);
  await select(app, 'n1');
  const plot = panel(app, 'plot');
  assert.equal(await plot.locator('.series').count(), 3);
  assert.equal(await plot.locator('.series .dot').count(), 8);
  await plot.getByText('In words').click();
  await plot.getByText('n2: question 1: 40ms; question 4: 40ms; question 7: 40ms').waitFor();
});

test('the picture keeps up while the run plays', async ({ open, app }) => {
  await open({ query: 'speed=2' });
  await whole(app).locator('.is-settled').first().waitFor({ timeout: 30_000 });
  assert.equal(await whole(app).locator('tbody tr').count(), 5);
});

const KINDS = ['ring', 'tree', 'plot', 'chain'];
const show = async (page, app, kind) => {
  await page.evaluate((wanted) => globalThis.interleave.panel(wanted), kind);
  await whole(app).locator(`[data-panel=${kind}]`).waitFor();
};

for (const options of [{ colorScheme: 'light' }, { colorScheme: 'dark' }, { forcedColors: 'active' }]) {
  test(`every kind is drawn and axe finds nothing, ${Object.values(options)}`, options,
    async ({ open, app, page, axe }) => {
      await open({ hash: WRITING });
      for (const kind of KINDS) {
        await show(page, app, kind);
        assert.deepEqual(await axe(), [], kind);
      }
    });
}

test('a ring, a tree and a plot say in words what they show', async ({ open, app, page }) => {
  await open({ hash: WRITING });
  await show(page, app, 'ring');
  const ring = panel(app, 'ring');
  assert.equal(await ring.locator('.arc').count(), 5);
  assert.equal(await ring.locator('.at').count(), 10);
  await ring.getByText('In words').click();
  await ring.getByRole('button', { name: 'up to 0.2: p2, leading' }).click();
  await app().locator('[data-inspect=n1]').waitFor();
  await app().getByRole('button', { name: 'Select nothing' }).click();
  await ring.locator('.at .dot').nth(1).click();
  await app().locator('[data-inspect=n2]').waitFor();
  await show(page, app, 'tree');
  assert.equal(await panel(app, 'tree').locator('li li li').count(), 4);
  await show(page, app, 'plot');
  assert.equal(await panel(app, 'plot').locator('.line').count(), 3);
  await panel(app, 'plot').getByText('In words').click();
  await panel(app, 'plot').getByText('limit: 4').waitFor();
});

for (const width of [320, 375]) {
  test(`every kind fits ${width} px and can be hit by a finger`,
    { viewport: { width, height: 720 }, hasTouch: true }, async ({ open, app, page }) => {
      await open({ hash: WRITING });
      for (const kind of KINDS) {
        await show(page, app, kind);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${kind}: ${wide} px wide`);
        const small = await whole(app).locator('button, summary').evaluateAll((all) => all
          .map((each) => ({ box: each.getBoundingClientRect(), name: each.outerHTML.slice(0, 80) }))
          .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
          .map(({ name }) => name));
        assert.deepEqual(small, [], kind);
      }
      await whole(app).locator('button.spot').first().tap();
      await app().locator('[data-inspect=n1]').waitFor();
    });
}
