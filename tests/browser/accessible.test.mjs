// Everyone: what somebody needs who does not see the picture, or not its colours, who has no
// pointer, who wants no motion, who enlarges the page four times. The criteria are WCAG 2.2 AA.

import { assert, test } from './support.mjs';

/** A partition, a candidate, messages under way, a client that waits. */
const RIFT = '#/g/raft-minority-leader&t=830ms';
const WCAG = {
  runOnly: {
    type: 'tag',
    values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'],
  },
};
const TABS = ['Inspect', 'Events', 'Properties', 'Clients', 'Branches', 'Script'];
const DIALOGS = ['Scenarios', 'Share', 'Help', 'Do something…'];

const button = (app, name) => app().getByRole('button', { name, exact: true });
const status = (app, name) => app().locator(`#app[data-status=${name}]`).waitFor();

const MODES = {
  light: {},
  dark: { colorScheme: 'dark' },
  'high contrast': { contrast: 'more' },
  'high contrast, dark': { contrast: 'more', colorScheme: 'dark' },
  'forced colours': { forcedColors: 'active' },
  'a phone': { viewport: { width: 375, height: 760 }, hasTouch: true, isMobile: true },
};

for (const [mode, options] of Object.entries(MODES)) {
  test(`axe finds nothing: ${mode}`, options, async ({ open, app, axe, page }) => {
    const clean = async (where) => assert.deepEqual(await axe(WCAG), [], where);
    await open();
    await status(app, 'playing');
    await button(app, 'Pause').click();
    await clean('paused');
    await open({ hash: RIFT });
    for (const tab of TABS) {
      await app().getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
      await clean(tab);
    }
    for (const dialog of DIALOGS) {
      await button(app, dialog).click();
      await app().getByRole('dialog').waitFor();
      await clean(dialog);
      await page.keyboard.press('Escape');
      await app().getByRole('dialog').waitFor({ state: 'detached' });
    }
    await app().getByRole('tab', { name: /^Inspect/ }).click();
    for (const selected of ['n1, leader', 'Link between n1 and n3', 'RequestVote n3#17']) {
      await app().locator(`.stage [aria-label^="${selected}"]`).first().focus();
      await page.keyboard.press('Enter');
      await app().locator('[data-inspect]').waitFor();
      await clean(selected);
    }
    await open({ query: 'embed=1', hash: RIFT });
    await clean('embedded');
  });
}

/** What has the focus: a name that tells it from the rest, where it is, whether one can see so. */
function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return undefined;
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const shape = element.querySelector?.('.shape, .halo, .way, .hit') ?? element;
  const rings = [element, shape, ...element.querySelectorAll('*')].some((each) => {
    const { outlineStyle, outlineWidth, strokeWidth, visibility, opacity } = getComputedStyle(each);
    const outlined = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    return outlined || (each.matches('.focus, .halo') && visibility === 'visible' &&
      opacity !== '0' && parseFloat(strokeWidth) >= 2);
  });
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 2);
  const y = Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 2);
  const above = document.elementFromPoint(x, y);
  const related = above && (element.contains(above) || above.contains(element) ||
    above.closest('label')?.contains(element));
  return {
    name: element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 40),
    id: element.id,
    region: element.closest('header, .scene, .deck, .side')?.className.split(' ')[0],
    inSight: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    covered: !related && !element.closest('.stage'),
    rings: rings || style.boxShadow !== 'none',
  };
}

test('Tab walks the page in reading order, is always to be seen, and gets out again',
  async ({ open, page }) => {
    await open({ hash: RIFT });
    const walk = [];
    for (let press = 0; press < 300; press += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(focused);
      if (!at) break;
      walk.push(at);
    }
    assert.ok(walk.length > 20 && walk.length < 300, `${walk.length} stops`);
    const regions = walk.map((at) => at.region).filter(Boolean);
    const order = [...new Set(regions)];
    assert.deepEqual(order, ['top', 'scene', 'deck', 'side']);
    assert.deepEqual(regions, regions.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
    assert.deepEqual(walk.filter((at) => !at.inSight).map((at) => at.name), []);
    assert.deepEqual(walk.filter((at) => at.covered).map((at) => at.name), []);
    assert.deepEqual(walk.filter((at) => !at.rings).map((at) => at.name), []);
    assert.deepEqual(walk.filter((at) => !at.name).map((at) => at.id), []);
    const stops = walk.filter((at) => /^n\d, /.test(at.name));
    assert.equal(stops.length, 1, 'the nodes are one stop, and arrows walk among them');
  });

test('without a pointer: watch, break, mend, ask, share', async ({ open, page, app }) => {
  await open({ hash: '#/g/raft-minority-leader&t=515ms' });
  const press = (...keys) => keys.reduce((last, key) =>
    last.then(() => page.keyboard.press(key)), Promise.resolve());
  const script = () => page.evaluate(() => globalThis.interleave.text());
  const wrote = async (line) => assert.match(await script(), line);
  await press('m', 'u');
  await wrote(/at 515ms[^\n]* duplicate n\d#\d+/);
  await press('w');
  await wrote(/at 515ms[^\n]* delay n\d#\d+/);
  await press('d');
  await wrote(/at 515ms[^\n]* drop n\d#\d+/);
  await press('Escape', 'm', 'v');
  await wrote(/at 515ms[^\n]* deliver n\d#\d+/);
  await press('Escape', 'l', 'x');
  await wrote(/at 515ms[^\n]* cut n1 <> n2/);
  await press('x', 'h');
  await wrote(/at 515ms[^\n]* hold n1 <> n2/);
  await press('h', 'Escape');
  await app().locator('#focus-n1').focus();
  await press('Enter', 'z');
  await wrote(/at 515ms[^\n]* pause n1/);
  await press('z', 'i');
  await wrote(/at 515ms[^\n]* isolate n1/);
  await press('i', 'c');
  await wrote(/at 515ms[^\n]* crash n1/);
  await press('c');
  await wrote(/at 515ms[^\n]* restart n1/);
  await press('Escape', '.', '.', ',', 'Home');
  await app().locator('#app[data-step="0"]').waitFor();
  await press('End', 'Space');
  await status(app, 'playing');
  await press('Space');
  await status(app, 'paused');
  await press('?');
  await app().getByRole('dialog', { name: 'Help' }).waitFor();
  await press('Escape');
  await app().locator('#share').focus();
  await press('Enter');
  await app().getByRole('dialog').waitFor();
  await press('Escape');
  await app().getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.id), 'share');
});

test('the picture is a group of named things', async ({ open, app }) => {
  await open({ hash: RIFT });
  const tree = await app().locator('.stage').ariaSnapshot();
  assert.match(tree, /^- 'group "[^"]*: 7 nodes"/);
  assert.doesNotMatch(tree, /\bimg\b/, 'an image would hide what is in it');
  for (const said of ['n1, leader, term 1', 'n3, candidate, term 2', 'Link between n1 and n3, cut',
    'RequestVote n3#17 from n3 to n4, arrives at 0.839 s']) {
    assert.ok(tree.includes(`button "${said}`), said);
  }
  const stops = await app().locator('.stage [id^=focus-][tabindex="0"]').count();
  assert.equal(stops, 1);
});

/** What the picture has and the table has not, or the other way round. */
function compare() {
  const texts = (selector, read) => [...document.querySelectorAll(selector)].map(read);
  const label = (element) => element.getAttribute('aria-label');
  const drawn = {
    nodes: texts('.stage .node', (node) => {
      const [name, ...said] = label(node.querySelector('[aria-label]') ?? node).split(', ');
      return `${name} ${said.find((word) => word === 'crashed') ?? said[0]}`;
    }),
    cut: texts('.stage [aria-label^="Link between"]', label)
      .filter((link) => / cut| held| holds/.test(link)).length,
    messages: globalThis.interleave.flights(),
  };
  const told = {
    nodes: texts('.twin tr[data-node]', (row) =>
      `${row.dataset.node} ${row.children[1].textContent.split(',')[0]}`),
    cut: texts('.twin ul.plain:not(.flights) li', (row) => row.textContent)
      .filter((line) => / cut | held /.test(line)).length,
    messages: Number(/\d+/.exec(document.querySelector('.twin h3').textContent)?.[0] ?? 0),
  };
  return JSON.stringify(drawn) === JSON.stringify(told) ? undefined : { drawn, told };
}

for (const id of ['raft-minority-leader', 'raft-split-vote', 'raft-leader-crash-before-commit']) {
  test(`the text twin has all that the picture has: ${id}`, async ({ open, app, page }) => {
    await open({ hash: `#/g/${id}&t=400ms` });
    for (let stop = 0; stop < 12; stop += 1) {
      // What was done is drawn a moment later, picture and table at once.
      let differences;
      for (let look = 0; look < 40; look += 1) {
        differences = await page.evaluate(compare);
        if (!differences) break;
        await new Promise((done) => setTimeout(done, 50));
      }
      assert.equal(differences, undefined);
      await page.keyboard.press(stop % 3 ? '.' : 'Shift+ArrowRight');
    }
  });
}

test('a row of the log leads to its event, and the event to its row', async ({ open, app, page }) => {
  await open({ hash: RIFT });
  await app().getByRole('tab', { name: /^Events/ }).click();
  await app().locator('.events [aria-current=step]').waitFor();
  const row = app().locator('.events li button').first();
  const value = await app().locator('.events li').first().getAttribute('value');
  await row.focus();
  await page.keyboard.press('Enter');
  await app().locator(`#app[data-step="${value}"]`).waitFor();
  await page.keyboard.press('.');
  await app().locator(`.events li[value="${Number(value) + 1}"] [aria-current=step]`).waitFor();
});

test('one live region speaks, not too often, and can be silenced', async ({ open, app, page }) => {
  await open({ hash: '#/g/raft-first-election' });
  assert.equal(await app().locator('[aria-live], [role=status], [role=log]').count(), 1);
  await app().getByRole('combobox', { name: 'Speed' }).selectOption({ label: '10×' });
  await page.evaluate(() => {
    globalThis.said = [];
    new MutationObserver(() => globalThis.said.push(performance.now()))
      .observe(document.getElementById('spoken'), { childList: true, characterData: true, subtree: true });
  });
  await button(app, 'Play').click();
  await page.waitForTimeout(6_000);
  const times = await page.evaluate(() => globalThis.said);
  // The start is said; from then on there are two seconds between any two.
  assert.ok(times.length <= 4, `spoken ${times.length} times in 6 s`);
  if (await app().locator('#app[data-status=playing]').count()) await button(app, 'Pause').click();
  await button(app, 'Help').click();
  await app().getByLabel('Say what happens to screen readers').uncheck();
  await page.keyboard.press('Escape');
  await button(app, 'Previous event').click();
  assert.equal(await app().locator('#spoken').textContent(), '');
});

test('who wants no motion gets states one after the other, and nothing that moves',
  { reducedMotion: 'reduce' }, async ({ open, app, page }) => {
    await open();
    await status(app, 'paused');
    await app().getByRole('combobox', { name: 'Speed' }).selectOption({ label: '1×' });
    await button(app, 'Play').click();
    await button(app, 'Pause').waitFor();
    const moving = await page.evaluate(async () => {
      const seen = [];
      for (let look = 0; look < 30; look += 1) {
        await new Promise((done) => setTimeout(done, 30));
        seen.push(...document.getAnimations().map((each) => each.animationName ??
          each.transitionProperty));
      }
      return [...new Set(seen)];
    });
    assert.deepEqual(moving, []);
    await button(app, 'Pause').click();
  });

/** The contrast of the tokens of the style sheet, as WCAG counts it, on both grounds. */
function contrasts() {
  const probe = document.body.appendChild(document.createElement('i'));
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgb = (token) => {
    probe.style.color = `var(--${token})`;
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (token) => {
    const [r, g, b] = rgb(token).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const faint = [];
  const check = (a, b, least) => {
    if (ratio(a, b) < least) faint.push(`${a} on ${b}: ${ratio(a, b).toFixed(2)} < ${least}`);
  };
  const text = ['ink', 'ink-2', 'ink-3', 'focus', 'leading', 'trying', 'client', 'suspect',
    'violated', 'settled'];
  for (const ground of ['paper', 'ground']) {
    for (const token of text) check(token, ground, 4.5);
    for (const token of ['edge', 'arc', 'following']) check(token, ground, 3);
  }
  for (let hue = 0; hue < 8; hue += 1) check('on-gen', `gen-${hue}`, 4.5);
  check('leading-ink', 'leading-fill', 4.5);
  for (const [tone, fill] of [['trying', 'trying-fill'], ['client', 'client-fill'],
    ['suspect', 'suspect-fill'], ['violated', 'violated-fill']]) check(tone, fill, 4.5);
  probe.remove();
  return faint;
}

for (const query of ['theme=light', 'theme=dark', 'theme=light&palette=contrast',
  'theme=dark&palette=contrast']) {
  test(`text and lines stand out: ${query}`, async ({ open, page }) => {
    await open({ query, hash: RIFT });
    assert.deepEqual(await page.evaluate(contrasts), []);
  });
}

test('roles and messages differ in more than colour', async ({ open, app, page }) => {
  await open({ hash: RIFT });
  const forms = await app().locator('.stage .node').evaluateAll((nodes) => nodes.map((node) => {
    const shape = node.querySelector('.shape');
    const corners = (shape.getAttribute('d') ?? '').replaceAll(/[^A-Z]/gi, '');
    return [node.dataset.role, `${shape.tagName} ${corners} ${node.querySelector('.letter').textContent}`];
  }));
  const byRole = new Map(forms);
  assert.equal(new Set(byRole.values()).size, byRole.size, JSON.stringify(forms));
  const legend = await page.evaluate(() =>
    [...document.querySelectorAll('.legend .glyph')].map((glyph) =>
      `${glyph.classList.contains('reply') ? 'diamond' : 'circle'} ${glyph.textContent.trim()}`));
  assert.ok(legend.length >= 4);
  assert.equal(new Set(legend).size, legend.length, legend.join(', '));
});

/** What is too small to be hit, and text that is cut off. */
function cramped() {
  const shown = [...document.querySelectorAll('button, select, summary, input, textarea, a, [role=tab]')]
    .filter((element) => element.checkVisibility());
  const target = (element) => (element.matches('input') && element.closest('label')) || element;
  const small = shown.map((element) => ({ box: target(element).getBoundingClientRect(), element }))
    .filter(({ box }) => box.width < 24 || box.height < 24)
    .map(({ element }) => element.outerHTML.slice(0, 90));
  const clipped = shown.filter((element) => element.matches('button') && element.checkVisibility() &&
    getComputedStyle(element).overflow !== 'visible' &&
    element.scrollWidth > element.clientWidth + 1)
    .map((element) => element.outerHTML.slice(0, 90));
  const wide = document.documentElement.scrollWidth - innerWidth;
  return { small, clipped, wide: wide > 0 ? wide : 0 };
}

const SIZES = {
  '320 px': { viewport: { width: 320, height: 640 } },
  'enlarged to 400 %': { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 },
  'enlarged to 200 %': { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
  'a tablet': { viewport: { width: 820, height: 1180 }, hasTouch: true },
  '1440 px': { viewport: { width: 1440, height: 900 } },
  '4K': { viewport: { width: 3840, height: 2160 } },
};

for (const [size, options] of Object.entries(SIZES)) {
  test(`everything can be hit and read: ${size}`, options, async ({ open, app, page }) => {
    const nothing = { small: [], clipped: [], wide: 0 };
    await open({ hash: RIFT });
    for (const tab of TABS) {
      await app().getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
      assert.deepEqual(await page.evaluate(cramped), nothing, tab);
    }
    for (const dialog of DIALOGS) {
      await button(app, dialog).click();
      await app().getByRole('dialog').waitFor();
      assert.deepEqual(await page.evaluate(cramped), nothing, dialog);
      await page.keyboard.press('Escape');
      await app().getByRole('dialog').waitFor({ state: 'detached' });
    }
    // Text spaced as WCAG 1.4.12 has it.
    await page.addStyleTag({ content: `* { line-height: 1.5 !important;
      letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }` });
    await app().getByRole('tab', { name: /^Inspect/ }).click();
    assert.equal((await page.evaluate(cramped)).wide, 0);
  });
}

test('the scrubber is a native slider that says where it stands', async ({ open, app, page }) => {
  await open({ hash: RIFT });
  const slider = app().getByRole('slider', { name: 'Position' });
  assert.equal(await slider.evaluate((element) => `${element.tagName} ${element.type}`), 'INPUT range');
  assert.match(await slider.getAttribute('aria-valuetext'), /^event 139 of 139, 0\.8\d* s$/i);
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await app().locator('#app[data-step="138"]').waitFor();
  assert.match(await slider.getAttribute('aria-valuetext'), /^event 138 of 139, /i);
});

test('nothing flashes, at the highest speed', async ({ open, app, page, context }) => {
  await open({ hash: '#/g/raft-first-election' });
  await app().getByRole('combobox', { name: 'Speed' }).selectOption({ label: '100×' });
  const cdp = await context.newCDPSession(page);
  const frames = [];
  cdp.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
    frames.push({ data, at: metadata.timestamp });
    cdp.send('Page.screencastFrameAck', { sessionId }).catch(() => {});
  });
  await cdp.send('Page.startScreencast', { format: 'jpeg', quality: 60, maxWidth: 640 });
  await button(app, 'Play').click();
  await page.waitForTimeout(3_000);
  await cdp.send('Page.stopScreencast');
  assert.ok(frames.length >= 10, `${frames.length} frames`);
  const worst = await page.evaluate(flashing, frames);
  // A tenth of a 341 × 256 block is far below what WCAG 2.3.1 calls a general flash.
  assert.ok(worst < 0.1, `${(worst * 100).toFixed(1)} % of a block flashes more than 3 times a second`);
});

/** The largest part of any block of 341 × 256 px that goes up and down by a tenth of white more
 * than three times within a second. */
async function flashing(frames) {
  const pictures = [];
  for (const { data, at } of frames) {
    const blob = await (await fetch(`data:image/jpeg;base64,${data}`)).blob();
    const bitmap = await createImageBitmap(blob);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { data: rgba } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const grey = new Uint8Array(rgba.length / 4);
    for (let at = 0; at < grey.length; at += 1) {
      grey[at] = 0.21 * rgba[4 * at] + 0.72 * rgba[4 * at + 1] + 0.07 * rgba[4 * at + 2];
    }
    pictures.push({ grey, at, width: bitmap.width, height: bitmap.height });
  }
  const { width, height } = pictures[0];
  const scale = width / innerWidth;
  const [wide, high] = [Math.round(341 * scale), Math.round(256 * scale)];
  const bad = new Uint8Array(width * height);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const turns = [];
    let [extreme, direction] = [pictures[0].grey[pixel], 0];
    for (const { grey, at } of pictures) {
      const change = grey[pixel] - extreme;
      if (Math.sign(change) === direction) extreme = grey[pixel];
      else if (Math.abs(change) >= 26) {
        turns.push(at);
        [extreme, direction] = [grey[pixel], Math.sign(change)];
      }
    }
    // Two turns are a flash; the seventh within a second is the fourth flash.
    bad[pixel] = turns.some((at, turn) => turn >= 6 && at - turns[turn - 6] <= 1) ? 1 : 0;
  }
  let worst = 0;
  for (let top = 0; top + high <= height; top += 16) {
    for (let left = 0; left + wide <= width; left += 16) {
      let count = 0;
      for (let y = top; y < top + high; y += 1) {
        for (let x = left; x < left + wide; x += 1) count += bad[y * width + x];
      }
      worst = Math.max(worst, count / (wide * high));
    }
  }
  return worst;
}

test('the document says its language', async ({ open, page }) => {
  await open({ query: 'lang=tlh' });
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
});
