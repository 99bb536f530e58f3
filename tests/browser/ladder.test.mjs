// The ladder of ballots: what each acceptor promised and accepted, and the rung that is chosen before
// anybody knows.

import { assert, test } from './support.mjs';

const ladder = (app) => app().getByRole('group', { name: 'ballots' });
const state = (app) => app().locator('#app').evaluate(({ dataset }) => ({ ...dataset }));
/** The rungs from the top: what stands at the head, then the cells. */
const rungs = (app) => ladder(app).locator('tbody tr').evaluateAll((rows) => rows.map((row) =>
  [...row.querySelectorAll('th, td')].map((cell) =>
    (cell.querySelector('[aria-hidden]') ?? cell).textContent.trim())));
const unselect = (app) => app().getByRole('button', { name: 'Select nothing' }).click();
const field = (app, name) => app().locator('.fields tr').filter({ hasText: name }).first().innerText();

test('a rung says chosen although no node has learned it', async ({ open, app, page }) => {
  await open({ hash: '#/g/paxos-chosen-unknown&t=0.135s' });
  const before = await rungs(app);
  assert.equal(before.length, 1);
  assert.match(before[0][0], /^1\.1 x$/);
  // The next acceptance that reaches an acceptor makes a majority.
  for (let step = 0; step < 6; step += 1) {
    await page.keyboard.press('ArrowRight');
    if ((await rungs(app))[0][0].includes('chosen')) break;
  }
  const [head, ...cells] = (await rungs(app))[0];
  assert.equal(head, '1.1 x chosen');
  assert.equal(cells.filter((cell) => cell === 'x').length, 2);
  // The event says so and is marked, and no node knows.
  await app().locator('#narration').getByText(/chosen/).waitFor();
  for (const node of ['n1', 'n2', 'n3']) {
    await app().locator(`#focus-${node}`).click({ force: true });
    assert.match(await field(app, 'chosen value'), /none/);
  }
  await unselect(app);
  await app().getByRole('tab', { name: 'Properties' }).click();
  const chosen = app().locator('[data-property="value_chosen"]');
  const learned = app().locator('[data-property="value_learned"]');
  assert.equal(await chosen.getAttribute('data-state'), 'reached');
  assert.equal(await learned.getAttribute('data-state'), 'not yet');
});

test('the head of a rung leads to its proposer, a cell to its acceptor', async ({ open, app }) => {
  await open({ hash: '#/g/paxos-chosen-unknown&t=0.2s' });
  await ladder(app).getByText('1.1 x chosen').click();
  await app().locator('#node-n1.selected').waitFor();
  await unselect(app);
  await ladder(app).locator('tbody td').nth(2).locator('button, [role=button], a').first().click();
  await app().locator('#node-n3.selected').waitFor();
});

test('a duel grows rung by rung, and two quorums are gathered at once', async ({ open, app, page }) => {
  await open({ hash: '#/g/paxos-duel&t=1s' });
  const heads = (await rungs(app)).map(([head]) => head.split(' ')[0]);
  assert.ok(heads.length >= 10, `${heads}`);
  const order = heads.map((head) => head.split('.').map(Number));
  for (const [higher, lower] of order.slice(1).map((rung, at) => [order[at], rung])) {
    assert.ok(higher[0] > lower[0] || (higher[0] === lower[0] && higher[1] > lower[1]), `${heads}`);
  }
  assert.ok((await rungs(app)).every(([head]) => !head.includes('chosen')));
  // Somewhere in it both proposers gather promises: two outlines that share an acceptor.
  let most = 0;
  for (let step = 0; step < 60 && most < 2; step += 1) {
    most = Math.max(most, await app().locator('.quorum').count());
    await page.keyboard.press('ArrowRight');
  }
  assert.equal(most, 2);
  // A column an acceptor, from the first on.
  assert.equal(await ladder(app).locator('thead th').first().innerText(), 'n1');
  assert.equal((await state(app)).status, 'paused');
});

test('two chosen rungs break agreement', async ({ open, app, axe }) => {
  await open({ hash: '#/g/paxos-flaw-promise-forgotten&t=150ms' });
  const chosen = (await rungs(app)).filter(([head]) => head.includes('chosen'));
  assert.deepEqual(chosen.map(([head]) => head), ['1.2 y chosen', '1.1 x chosen']);
  await app().getByRole('tab', { name: 'Properties' }).click();
  assert.equal(await app().locator('[data-property="agreement"]').getAttribute('data-state'), 'broken');
  assert.deepEqual(await axe(), []);
});

for (const width of [375, 1440]) {
  test(`a rung is one line at ${width} px`, { viewport: { width, height: 860 } }, async ({ open, app }) => {
    await open({ hash: '#/g/paxos-duel&t=1s' });
    const heights = await ladder(app).locator('tbody tr').evaluateAll((rows) =>
      rows.map((row) => row.getBoundingClientRect().height));
    assert.ok(heights.every((height) => height < 36), `${heights}`);
    const wide = await app().locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);
    assert.ok(wide <= 0);
  });
}
