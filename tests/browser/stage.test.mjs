// The stage: where nodes stand, from where one looks, the rift, the quorum, what just changed.
// Everything by drag is done by click and by key as well.

import { assert, test } from './support.mjs';

const WRITING = '#/g/raft-minority-leader&t=515ms';
const DESK = { viewport: { width: 1280, height: 860 } };
const PHONE = { viewport: { width: 375, height: 760 }, hasTouch: true };

const stage = (app) => app().locator('#stage');
const halo = (app, name) => app().locator(`#focus-${name}`);
const button = (app, name) => app().getByRole('button', { name, exact: true });

/** The middle of a node on the screen. */
async function at(app, name) {
  const box = await halo(app, name).boundingBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

const inHand = (app, text) => app().locator('.in-hand').getByText(text);
const near = (a, b, reach = 3) => Math.hypot(a.x - b.x, a.y - b.y) <= reach;
const places = (app, names) => Promise.all(names.map((name) => at(app, name)));
const text = (page) => page.evaluate(() => globalThis.interleave.text());

/** Waits until a node stands somewhere. */
async function stands(app, name, there, reach = 3) {
  const deadline = Date.now() + 20_000;
  let seen = await at(app, name);
  while (!near(seen, there, reach)) {
    if (Date.now() > deadline) assert.fail(`${name} is at ${JSON.stringify(seen)}, not ${JSON.stringify(there)}`);
    await new Promise((done) => { setTimeout(done, 50); });
    seen = await at(app, name);
  }
}

async function drag(page, from, to, steps = 6) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps });
  await page.mouse.up();
}

/** Fingers, as the browser gets them from a touch screen. */
async function touch(context, page) {
  const session = await context.newCDPSession(page);
  const send = (type, points) => session.send('Input.dispatchTouchEvent', {
    type, touchPoints: points.map(({ x, y }, id) => ({ x, y, id })),
  });
  return {
    down: (...points) => send('touchStart', points),
    move: (...points) => send('touchMove', points),
    up: () => send('touchEnd', []),
  };
}

test('a node is dragged by mouse, and its links and messages follow', DESK,
  async ({ open, app, page }) => {
    await open({ hash: WRITING });
    const [from, other] = await places(app, ['n3', 'n4']);
    const link = app().locator('[data-select="link:n1-n3"] .way').first();
    const before = await link.getAttribute('d');
    const to = { x: from.x + 90, y: from.y - 60 };
    await drag(page, from, to);
    await stands(app, 'n3', to);
    assert.ok(near(await at(app, 'n4'), other, 0.5));
    assert.notEqual(await link.getAttribute('d'), before);
    // The drag was no click: nothing is selected, and the run is as it was.
    assert.equal(await halo(app, 'n3').getAttribute('aria-pressed'), 'false');
    assert.doesNotMatch(await text(page), /move/);
    // Put where a message flies, a click on it finds the message at its new place.
    const target = app().locator('.target[aria-label*="to n3"]').first();
    const box = await target.boundingBox();
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    assert.equal(await target.getAttribute('aria-pressed'), 'true');
  });

test('a hand that trembles still clicks', DESK, async ({ open, app, page }) => {
  await open({ hash: WRITING });
  const from = await at(app, 'n2');
  await drag(page, from, { x: from.x + 2, y: from.y + 2 }, 2);
  await app().locator('#focus-n2[aria-pressed=true]').waitFor();
  assert.ok(near(await at(app, 'n2'), from, 0.5));
});

test('a client is dragged by touch, and a node as well', PHONE,
  async ({ open, app, page, context }) => {
    await open({ hash: WRITING });
    const finger = await touch(context, page);
    for (const [name, dx, dy] of [['n4', 40, 30], ['c2', -30, -40]]) {
      const from = await at(app, name);
      const to = { x: from.x + dx, y: from.y + dy };
      await finger.down(from);
      for (let part = 1; part <= 5; part += 1) {
        await finger.move({ x: from.x + dx * part / 5, y: from.y + dy * part / 5 });
      }
      await finger.up();
      await stands(app, name, to, 4);
    }
    assert.equal(await page.evaluate(() => scrollY), 0);
  });

test('Alt and arrows move the node that has the focus', DESK, async ({ open, app, page }) => {
  await open({ hash: WRITING });
  const from = await at(app, 'n3');
  await halo(app, 'n3').focus();
  await page.keyboard.press('Alt+ArrowRight');
  await page.keyboard.press('Alt+ArrowRight');
  await page.keyboard.press('Alt+ArrowUp');
  await stands(app, 'n3', { x: from.x + 32, y: from.y - 16 }, 1.5);
  assert.equal(await app().locator('#focus-n3:focus').count(), 1);
  // Without Alt they walk.
  await page.keyboard.press('ArrowLeft');
  await app().locator('#focus-n4:focus').waitFor();
});

test('a node is moved by its menu and a click, and put back by its menu', DESK,
  async ({ open, app, page }) => {
    await open({ hash: WRITING });
    const from = await at(app, 'n2');
    const to = { x: from.x - 60, y: from.y + 160 };
    await halo(app, 'n2').click({ button: 'right' });
    await app().getByRole('menuitem', { name: /^Move to/ }).click();
    await inHand(app, 'Click where n2 is to stand').waitFor();
    await page.mouse.click(to.x, to.y);
    await stands(app, 'n2', to);
    assert.equal(await app().locator('.in-hand').count(), 0);
    await halo(app, 'n2').click({ button: 'right' });
    await app().getByRole('menuitem', { name: 'Put it back' }).click();
    await stands(app, 'n2', from, 0.5);
  });

test('a node is moved by keys alone, and Escape leaves it where it was', DESK,
  async ({ open, app, page }) => {
    await open({ hash: WRITING });
    const from = await at(app, 'n5');
    await halo(app, 'n5').focus();
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Escape');
    assert.ok(near(await at(app, 'n5'), from, 0.5));
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowRight');
    const step = await app().locator('#app').getAttribute('data-step');
    await page.keyboard.press('Enter');
    await stands(app, 'n5', { x: from.x + 64, y: from.y + 16 }, 1.5);
    // The arrows were for the node, not for the run.
    assert.equal(await app().locator('#app').getAttribute('data-step'), step);
  });

test('a finger that rests opens the menu, and a tap puts the node down', PHONE,
  async ({ open, app, page, context }) => {
    await open({ hash: WRITING });
    const finger = await touch(context, page);
    const from = await at(app, 'n3');
    await finger.down(from);
    await app().getByRole('menuitem', { name: /^Move to/ }).waitFor();
    await finger.up();
    await app().getByRole('menuitem', { name: /^Move to/ }).tap();
    await inHand(app, 'Click where n3 is to stand').waitFor();
    const to = { x: from.x - 60, y: from.y + 24 };
    await page.touchscreen.tap(to.x, to.y);
    await stands(app, 'n3', to, 4);
  });

test('nodes stay where they were put when the window changes, and not in another scenario', DESK,
  async ({ open, app, page }) => {
    await open({ hash: WRITING });
    const box = await stage(app).boundingBox();
    const to = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await drag(page, await at(app, 'n1'), to);
    await stands(app, 'n1', to);
    await page.setViewportSize({ width: 1100, height: 700 });
    const now = await stage(app).boundingBox();
    await stands(app, 'n1', { x: now.x + now.width / 2, y: now.y + now.height / 2 }, 4);
    await page.evaluate(() => { location.hash = '#/g/raft-first-election'; });
    await page.waitForFunction(() => /first election/.test(document.title));
    assert.ok((await at(app, 'n1')).y < now.y + now.height * 0.35);
  });

test('ring, row and tiers, by button and by address', DESK, async ({ open, app }) => {
  await open({ hash: WRITING });
  const servers = ['n1', 'n2', 'n3', 'n4', 'n5'];
  const ring = await places(app, servers);
  assert.ok(ring[0].y < ring[1].y && ring[1].y < ring[2].y);
  await button(app, 'Lay out as a row').click();
  const row = await places(app, servers);
  assert.ok(row.every(({ y }) => Math.abs(y - row[0].y) < 1));
  assert.ok(row.every(({ x }, place) => place === 0 || x > row[place - 1].x + 60));
  // A link that would lie on its neighbours goes round them.
  const d = await app().locator('[data-select="link:n1-n5"] .way').first().getAttribute('d');
  const [start, bend] = d.match(/-?[\d.]+ -?[\d.]+/g).map((pair) => Number(pair.split(' ')[1]));
  assert.ok(bend < start - 60, d);
  await button(app, 'Lay out as tiers').click();
  const [c1, ...tiers] = await places(app, ['c1', ...servers]);
  assert.ok(tiers.every(({ y }) => y < c1.y - 40));
  assert.ok(tiers[3].y > tiers[0].y + 60);
  assert.equal(await button(app, 'Lay out as tiers').getAttribute('aria-pressed'), 'true');
  await open({ hash: WRITING, query: 'layout=row' });
  const again = await places(app, servers);
  assert.ok(again.every((place, at) => near(place, row[at], 1)));
});

test('tiers follow the roles of the beginning, and nobody moves while it runs', DESK,
  async ({ open, app, page }) => {
    await open({ hash: '#/g/ping-first&t=100ms', query: 'layout=tiers' });
    const [asker, ...others] = await places(app, ['n1', 'n2', 'n3', 'n4']);
    assert.ok(others.every(({ y }) => Math.abs(y - others[0].y) < 1 && y > asker.y + 60));
    await open({ hash: '#/g/raft-first-election', query: 'layout=tiers' });
    // What is told may take a line more: the stage is measured in parts of itself.
    const parts = async () => {
      const box = await stage(app).boundingBox();
      const found = await places(app, ['n1', 'n3', 'n5']);
      return found.map(({ x, y }) => ({ x: (x - box.x) / box.width, y: (y - box.y) / box.height }));
    };
    const before = await parts();
    for (let press = 0; press < 4; press += 1) await page.keyboard.press('Shift+ArrowRight');
    await app().locator('.node.tone-leading').first().waitFor();
    const after = await parts();
    assert.ok(after.every((place, at) => near(place, before[at], 0.02)));
  });

test('one looks nearer by keys, buttons and the wheel, and the canvas obeys', DESK,
  async ({ open, app, page }) => {
    await open({ hash: WRITING });
    const [a, b] = await places(app, ['n4', 'n3']);
    const wide = b.x - a.x;
    const spread = async () => {
      const [left, right] = await places(app, ['n4', 'n3']);
      return (right.x - left.x) / wide;
    };
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    assert.ok(Math.abs(await spread() - 1.5625) < 0.02);
    await page.keyboard.press('-');
    assert.ok(Math.abs(await spread() - 1.25) < 0.02);
    await page.keyboard.press('0');
    assert.ok(Math.abs(await spread() - 1) < 0.01);
    await button(app, 'Zoom in').click();
    assert.ok(Math.abs(await spread() - 1.25) < 0.02);
    await button(app, 'Whole stage').click();
    // The wheel: what is under the pointer stays there.
    await page.mouse.move(b.x, b.y);
    await page.mouse.wheel(0, -240);
    await page.waitForFunction(([x]) => {
      const box = document.querySelector('#focus-n4').getBoundingClientRect();
      return box.x < x - 60;
    }, [a.x]);
    await stands(app, 'n3', b, 2);
    // A message is found where it is drawn now.
    const target = app().locator('.target[aria-label*="to n3"]').first();
    const box = await target.boundingBox();
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    assert.equal(await target.getAttribute('aria-pressed'), 'true');
    // The background is dragged, and nothing is selected by that.
    const empty = { x: b.x + 60, y: b.y + 50 };
    await drag(page, empty, { x: empty.x - 80, y: empty.y - 40 });
    await stands(app, 'n3', { x: b.x - 80, y: b.y - 40 }, 2);
    assert.equal(await target.getAttribute('aria-pressed'), 'true');
  });

test('two fingers look nearer, one finger scrolls the page', PHONE,
  async ({ open, app, page, context }) => {
    await open({ hash: WRITING });
    const finger = await touch(context, page);
    const box = await stage(app).boundingBox();
    const [a, b] = await places(app, ['n5', 'n2']);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2 + 20];
    await finger.down({ x: x - 30, y }, { x: x + 30, y });
    for (let step = 1; step <= 5; step += 1) {
      await finger.move({ x: x - 30 - step * 6, y }, { x: x + 30 + step * 6, y });
    }
    await finger.up();
    await page.waitForFunction((wide) => {
      const left = document.querySelector('#focus-n5').getBoundingClientRect();
      const right = document.querySelector('#focus-n2').getBoundingClientRect();
      return right.x - left.x > wide * 1.8;
    }, b.x - a.x);
    assert.equal(await app().locator('[aria-pressed=true].halo').count(), 0);
  });

test('in a frame the wheel scrolls the page around, until somebody is at the stage',
  { ...DESK, sandbox: 'allow-scripts' }, async ({ open, app, page }) => {
    const frame = await open({ hash: WRITING, query: 'embed=1' });
    const scale = () => frame.locator('#stage > svg > g').getAttribute('transform');
    const before = await scale();
    const from = await at(app, 'n3');
    await page.mouse.move(from.x, from.y + 60);
    await page.mouse.wheel(0, -240);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -60);
    await page.keyboard.up('Control');
    await frame.waitForFunction((was) => document.querySelector('#stage > svg > g')
      .getAttribute('transform') !== was, before);
    // Only the second one counted: 0.99 to the power of -60.
    assert.match(await scale(), /scale\(1\.8/);
    await halo(app, 'n3').focus();
    await page.mouse.wheel(0, 120);
    await frame.waitForFunction(() => !/scale\(1\.8/.test(document.querySelector('#stage > svg > g')
      .getAttribute('transform')));
  });

/** A stroke between the two upper and the three lower nodes of the ring. */
async function stroke(app, page, release = true) {
  const box = await stage(app).boundingBox();
  const [n5, n4, n2] = await places(app, ['n5', 'n4', 'n2']);
  const y = (n5.y + n4.y) / 2;
  await page.mouse.move(box.x + 20, y);
  await page.mouse.down();
  await page.mouse.move((n5.x + n2.x) / 2, y + 6, { steps: 5 });
  await page.mouse.move(box.x + box.width - 20, y - 4, { steps: 5 });
  if (release) await page.mouse.up();
}

test('a rift is drawn with the pointer and becomes a line of the script', DESK,
  async ({ open, app, page }) => {
    await open({ hash: '#/g/raft-first-election&t=500ms' });
    await button(app, 'Draw a rift').click();
    await stroke(app, page, false);
    // While one draws, the sides are tinted and named.
    await inHand(app, 'n1 n2 n5 c1 | n3 n4').waitFor();
    assert.equal(await app().locator('.rifts .side').count(), 2);
    await page.mouse.up();
    await app().locator('.way.cut').first().waitFor();
    assert.match(await text(page), /partition n1 n2 n5 c1 \| n3 n4/);
    assert.equal(await app().locator('.stroke').count(), 0);
    assert.deepEqual((await app().locator('.side-name').allTextContents()).sort(), ['side 1', 'side 2']);
    // The text twin says the same.
    await app().getByText('side 2: n3 n4').waitFor();
    // The rift follows the nodes.
    const crack = await app().locator('.rift').getAttribute('d');
    const from = await at(app, 'n4');
    await drag(page, from, { x: from.x + 40, y: from.y - 40 });
    assert.notEqual(await app().locator('.rift').getAttribute('d'), crack);
    for (const layout of ['Lay out as a row', 'Lay out as tiers', 'Lay out as a ring']) {
      await button(app, layout).click();
      assert.equal(await app().locator('.rifts .side').count(), 2);
      // Every node stands in the tint of its side, and every name of a side in its own tint.
      const wrong = await app().locator('.rifts').evaluate((rifts) => {
        const sides = [...rifts.querySelectorAll('.side')];
        const among = (x, y) => sides.findIndex((side) => side.isPointInFill(new DOMPoint(x, y)));
        const found = [];
        for (const [at, names] of [['n1', 'n2', 'n5', 'c1'], ['n3', 'n4']].entries()) {
          for (const name of names) {
            const [x, y] = document.getElementById(`node-${name}`).getAttribute('transform')
              .match(/-?[\d.]+/g).map(Number);
            if (among(x, y) !== at) found.push(name);
          }
        }
        for (const label of rifts.querySelectorAll('.side-name')) {
          const side = among(Number(label.getAttribute('x')), Number(label.getAttribute('y')));
          if (label.textContent !== `side ${side + 1}`) found.push(label.textContent);
        }
        return found;
      });
      assert.deepEqual(wrong, [], layout);
    }
  });

test('the pen is put away by Escape, and by a stroke that parts nobody it stays', DESK,
  async ({ open, app, page }) => {
    await open({ hash: '#/g/raft-first-election&t=500ms' });
    const before = await text(page);
    await stage(app).focus();
    await page.keyboard.press('q');
    await stroke(app, page, false);
    await page.keyboard.press('Escape');
    await page.mouse.up();
    assert.equal(await app().locator('.in-hand').count(), 0);
    await page.keyboard.press('q');
    const box = await stage(app).boundingBox();
    await drag(page, { x: box.x + 4, y: box.y + 90 }, { x: box.x + 4, y: box.y + 300 });
    await inHand(app, 'Draw a line across').waitFor();
    await button(app, 'Choose the sides…').click();
    await button(app, 'Partition').waitFor();
    assert.equal(await app().locator('.in-hand').count(), 0);
    assert.equal(await text(page), before);
  });

test('a rift around one node, by a finger', PHONE, async ({ open, app, page, context }) => {
  await open({ hash: '#/g/raft-first-election&t=500ms' });
  await app().locator('.opener').tap();
  await button(app, 'Draw a rift').tap();
  const finger = await touch(context, page);
  const { x, y } = await at(app, 'n2');
  const spot = (turn) => ({ x: x + 45 * Math.cos(turn), y: y + 45 * Math.sin(turn) });
  await finger.down(spot(0));
  for (let step = 1; step <= 20; step += 1) await finger.move(spot(step / 20 * 2 * Math.PI));
  await finger.up();
  await app().locator('.way.cut').first().waitFor();
  assert.match(await text(page), /partition n1 n3 n4 n5 c1 \| n2/);
});

/** What is gathered, as the node that gathers it says; it stands where an outline does. */
const gathering = (app) => app().locator('#stage').evaluate((shown) => {
  const said = [...shown.querySelectorAll('.halo')].map((halo) =>
    halo.getAttribute('aria-label').match(/(votes|entry \d+): \d of \d/)?.[0]).filter(Boolean);
  if (said.length !== shown.querySelectorAll('.quorum').length) return `not drawn: ${said}`;
  return said[0] ?? '';
});

test('an outline closes around those who vote', DESK, async ({ open, app, page }) => {
  await open({ hash: '#/g/raft-first-election' });
  assert.equal(await app().locator('.quorum').count(), 0);
  const told = [];
  for (let step = 0; step < 60 && told.at(-1) !== 'votes: 3 of 3'; step += 1) {
    await page.keyboard.press('.');
    const now = await gathering(app);
    if (now && now !== told.at(-1)) told.push(now);
    if (now === 'votes: 2 of 3') {
      assert.equal(await app().locator('.quorum.reached').count(), 0);
      assert.equal(await app().locator('.quorum .line').first().getAttribute('stroke-dasharray'), '2 3');
      await app().locator('.twin').getByText('n1: votes: 2 of 3, not enough yet').waitFor();
    }
  }
  assert.deepEqual(told, ['votes: 1 of 3', 'votes: 2 of 3', 'votes: 3 of 3']);
  const line = app().locator('.quorum.reached .line').first();
  assert.equal(await line.getAttribute('stroke-dasharray'), null);
  assert.match(await halo(app, 'n1').getAttribute('aria-label'), /votes: 3 of 3/);
  // The line goes round its members wherever they stand, and leaves the others out.
  for (const layout of ['Lay out as a row', 'Lay out as tiers', 'Lay out as a ring']) {
    await button(app, layout).click();
    const wrong = await app().locator('.quorum .area').evaluate((area) => {
      const members = ['n1', 'n4', 'n5'];
      return ['n1', 'n2', 'n3', 'n4', 'n5'].filter((name) => {
        const [x, y] = document.getElementById(`node-${name}`).getAttribute('transform')
          .match(/-?[\d.]+/g).map(Number);
        return area.isPointInFill(new DOMPoint(x, y)) !== members.includes(name);
      });
    });
    assert.deepEqual(wrong, [], layout);
  }
});

test('a new entry gathers its quorum, and nothing is gathered when everybody has it', DESK,
  async ({ open, app, page }) => {
    await open({ hash: '#/g/raft-first-election&t=1s' });
    assert.equal(await app().locator('.quorum').count(), 0);
    await button(app, 'c1: put x 1').click();
    const seen = new Set();
    for (let step = 0; step < 80 && !(seen.size && seen.has('')); step += 1) {
      await page.keyboard.press('.');
      const now = await gathering(app);
      if (now || seen.size) seen.add(now);
    }
    assert.ok(seen.has('entry 2: 1 of 3') && seen.has('entry 2: 3 of 3'), [...seen].join());
    assert.ok(seen.has(''));
  });

test('who breaks a property carries its flag', DESK, async ({ open, app }) => {
  await open({ hash: '#/g/raft-flaw-vote-not-persisted&t=500ms' });
  assert.deepEqual(await app().locator('.node.violating .flag').allTextContents(),
    ['⚑ Election safety', '⚑ Election safety']);
  assert.match(await halo(app, 'n2').getAttribute('aria-label'), /breaks: Election safety/);
});

test('what just changed is marked once; without motion the mark stays', DESK,
  async ({ open, app, page, fresh }) => {
    await open({ hash: WRITING });
    await page.keyboard.press('.');
    const mark = (within) => within().locator('.node .glow').evaluate((glow) => {
      const style = getComputedStyle(glow);
      return { name: style.animationName, ms: parseFloat(style.animationDuration) * 1_000,
        opacity: Number(style.opacity) };
    });
    const moving = await mark(app);
    assert.equal(moving.name, 'glow');
    assert.ok(moving.ms >= 150 && moving.ms <= 250);
    const calm = await fresh({ reducedMotion: 'reduce' });
    await calm.open({ hash: WRITING });
    await calm.page.keyboard.press('.');
    const still = await mark(calm.app);
    assert.equal(still.name, 'none');
    assert.ok(still.opacity > 0.5);
  });

const MANY = 'interleave 1\ntitle "Many"\nping nodes=16 interval=20ms\nseed 1\nuntil 1s\n';

test('sixteen servers are named, in every layout, and no name lies on another', DESK,
  async ({ open, app, page }) => {
    await open({ query: 'autoplay=0' });
    await page.evaluate((made) => globalThis.interleave.open(made), MANY);
    await app().locator('#node-n16').waitFor();
    for (const layout of ['Lay out as a ring', 'Lay out as a row', 'Lay out as tiers']) {
      await button(app, layout).click();
      const boxes = await app().locator('.node .caption .name').evaluateAll((all) =>
        all.map((one) => one.getBoundingClientRect().toJSON()));
      assert.equal(boxes.length, 16);
      const { x, y, width, height } = await stage(app).boundingBox();
      assert.ok(boxes.every((box) => box.left >= x && box.right <= x + width && box.top >= y
        && box.bottom <= y + height), layout);
      assert.deepEqual(overlaps(boxes), [], layout);
    }
  });

function overlaps(boxes) {
  const found = [];
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, j) => {
    if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) {
      found.push([i, i + 1 + j]);
    }
  }));
  return found;
}

test('on a phone on its side names do not lie on each other or on nodes',
  { viewport: { width: 667, height: 375 }, hasTouch: true }, async ({ open, app }) => {
    await open({ hash: WRITING });
    const boxes = await app().locator('.stage .caption .name, .stage .node .shape')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()));
    assert.deepEqual(overlaps(boxes), []);
  });

test('the stage at rest asks for no frame, and axe finds nothing while the pen is in the hand', DESK,
  async ({ open, app, page, axe }) => {
    await open({ hash: '#/g/raft-minority-leader&t=830ms' });
    await page.keyboard.press('q');
    await app().locator('.in-hand').waitFor();
    assert.deepEqual(await axe(), []);
    const still = await page.evaluate(async () => {
      const frame = () => new Promise((done) => { requestAnimationFrame(done); });
      for (let count = 0; count < 6; count += 1) await frame();
      const before = globalThis.interleave.frames();
      for (let count = 0; count < 20; count += 1) await frame();
      return globalThis.interleave.frames() - before;
    });
    assert.equal(still, 0);
  });

test('the tools are large enough to be touched', PHONE, async ({ open, app }) => {
  await open({ hash: WRITING });
  await app().locator('.opener').tap();
  const sizes = await app().locator('.stage-tools button').evaluateAll((all) =>
    all.map((one) => one.getBoundingClientRect()).map(({ width, height }) => [width, height]));
  assert.ok(sizes.length === 8 && sizes.flat().every((size) => size >= 24), JSON.stringify(sizes));
});
