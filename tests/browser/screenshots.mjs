// Makes pictures of the page that lies in `dist/`, the same ones each time. No test: a program.
//
//   cargo xtask screenshots                  builds the page, then this
//   node tests/browser/screenshots.mjs       target/screenshots/*.png and docs/screenshot.png
//   node tests/browser/screenshots.mjs dark  only those with `dark` in the name
//
// Every picture shows a scenario of the library at a moment that its link names. A run is the
// same everywhere, so the picture is, as far as the fonts of the machine are.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { launch, project, serve } from './site.mjs';

const LARGEST_IN_DOCS = 300_000;
const directory = join(project, 'target/screenshots');
const wanted = process.argv.slice(2);

/** A leader, two clients, and a write on its way to the followers. */
const WRITING = '#/g/raft-minority-leader&t=515ms';
/** Two sides that do not hear each other. */
const RIFT = '#/g/raft-minority-leader&t=830ms';
/** Two protocols whose leaders have just crashed. */
const PAIR = '#/g/raft-beside-multi-paxos&t=1.35s';
const DESK = { width: 1440, height: 900 };

const shots = [
  { name: 'light', hash: WRITING, docs: true },
  { name: 'dark', hash: WRITING, colorScheme: 'dark' },
  { name: 'contrast', hash: RIFT, query: '?palette=contrast' },
  { name: 'contrast-dark', hash: RIFT, query: '?palette=contrast&theme=dark' },
  { name: 'forced-colours', hash: RIFT, forcedColors: 'active' },
  { name: 'grey', hash: RIFT, act: (page) => page.addStyleTag({ content: 'html { filter: grayscale(1) }' }) },
  { name: 'phone-375', hash: WRITING, viewport: { width: 375, height: 760 }, hasTouch: true },
  { name: 'phone-320', hash: WRITING, viewport: { width: 320, height: 640 }, hasTouch: true },
  { name: 'tablet-820', hash: WRITING, viewport: { width: 820, height: 1180 }, hasTouch: true },
  { name: '4k', hash: WRITING, viewport: { width: 3840, height: 2160 } },
  { name: 'embed', hash: WRITING, query: '?embed=1', viewport: { width: 800, height: 480 } },
  { name: 'embed-dark', hash: WRITING, query: '?embed=1&theme=dark', viewport: { width: 800, height: 480 } },
  { name: 'poster', hash: '', query: '?autoplay=0' },
  { name: 'partition', hash: '#/g/raft-minority-leader&t=830ms' },
  { name: 'healed', hash: '#/g/raft-minority-leader&t=2.21s' },
  { name: 'crashed-leader', hash: '#/g/raft-leader-crash-before-commit&t=560ms' },
  { name: 'split-vote', hash: '#/g/raft-split-vote&t=160ms' },
  { name: 'figure-7', hash: '#/g/raft-figure-7&t=60ms' },
  { name: 'violated', hash: '#/g/raft-flaw-vote-not-persisted&t=500ms' },
  { name: 'mend', hash: '#/g/raft-frist-election' },
  { name: 'inspector-node', hash: WRITING, act: (page) => select(page, '#node-n1') },
  { name: 'inspector-phone', hash: WRITING, viewport: { width: 375, height: 760 }, hasTouch: true,
    act: (page) => select(page, '#node-n1') },
  { name: 'inspector-message', hash: WRITING, act: (page) => page.keyboard.press('m') },
  { name: 'inspector-link', hash: WRITING, act: (page) => page.keyboard.press('l') },
  { name: 'row', hash: RIFT, query: '?layout=row' },
  { name: 'tiers', hash: RIFT, query: '?layout=tiers' },
  { name: 'script', hash: RIFT, act: (page) => tab(page, 'Script') },
  { name: 'events', hash: RIFT, act: (page) => tab(page, 'Events') },
  { name: 'why', hash: RIFT, act: (page) => page.keyboard.press('q') },
  { name: 'properties', hash: '#/g/raft-flaw-vote-not-persisted&t=500ms', act: (page) => tab(page, 'Properties') },
  { name: 'ladder', hash: '#/g/paxos-chosen-unknown&t=200ms' },
  { name: 'ladder-phone', hash: '#/g/paxos-duel&t=1s', viewport: { width: 375, height: 1400 }, hasTouch: true },
  { name: 'two-chosen', hash: '#/g/paxos-flaw-promise-forgotten&t=150ms', colorScheme: 'dark' },
  { name: 'gap', hash: '#/g/multi-paxos-gap&t=760ms' },
  { name: 'pair', hash: PAIR },
  { name: 'pair-dark', hash: PAIR, colorScheme: 'dark' },
  { name: 'pair-contrast', hash: PAIR, query: '?palette=contrast' },
  { name: 'pair-phone', hash: PAIR, viewport: { width: 375, height: 1500 }, hasTouch: true },
  { name: 'pair-tablet', hash: PAIR, viewport: { width: 820, height: 1180 }, hasTouch: true },
  { name: 'pair-embed', hash: PAIR, query: '?embed=1', viewport: { width: 800, height: 480 } },
  { name: 'clients', hash: '#/g/raft-minority-leader&t=3.4s', act: (page) => tab(page, 'Clients') },
  { name: 'clients-broken', hash: '#/g/raft-flaw-apply-twice&t=1.4s', act: (page) => tab(page, 'Clients') },
  { name: 'run', hash: WRITING, act: (page) => page.keyboard.press('s') },
  { name: 'act', hash: WRITING, act: (page) => page.keyboard.press('a') },
  { name: 'share', hash: WRITING, act: (page) => page.locator('#share').click() },
  { name: 'library', hash: WRITING, act: (page) => page.locator('#library').click() },
  { name: 'help', hash: WRITING, act: (page) => page.locator('#help').click() },
  ...protocols().map((id) => ({ name: `protocol-${id}`, hash: firstOf(id) })),
];

const tab = (page, name) => page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
const select = (page, selector) => page.locator(selector).first().click({ force: true });

/** The protocols that have scenarios, by the first word of the names of these. */
function protocols() {
  return [...new Set(scenarios().map((name) => name.split('-')[0]))];
}

/** Some moment in the first scenario of a protocol. */
function firstOf(id) {
  const names = scenarios().filter((name) => name.split('-')[0] === id);
  const name = names.find((each) => each.includes('first')) ?? names[0];
  return `#/g/${name}&t=310ms`;
}

function scenarios() {
  const files = readdirSync(join(project, 'src/scenario/library'));
  return files.filter((name) => name.endsWith('.scenario')).map((name) => name.slice(0, -9)).sort();
}

/** Nothing moves any more: the page has drawn its last frame and asks for no other. */
async function settled(page) {
  await page.waitForSelector('html[data-boot=ready]', { state: 'attached' });
  await page.waitForSelector('#app[data-status=paused]');
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() => new Promise((done) => {
    const before = globalThis.interleave.frames();
    const frame = (left) => requestAnimationFrame(() => {
      if (left > 0) frame(left - 1);
      else done(globalThis.interleave.frames() === before);
    });
    frame(6);
  }));
}

async function take(browser, server, shot) {
  const { name, hash, query = '', act, docs, viewport = DESK, ...more } = shot;
  const context = await browser.newContext({ viewport, ...more });
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(server.root + query + hash);
  await settled(page);
  if (act) {
    await act(page);
    await settled(page);
  }
  const path = join(directory, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  await context.close();
  if (problems.length) throw new Error(`${name}: ${problems.join('\n')}`);
  console.log(`target/screenshots/${name}.png`);
  if (docs) publish(path);
}

/** The picture of the README. */
function publish(path) {
  const { size } = statSync(path);
  if (size > LARGEST_IN_DOCS) throw new Error(`${path} has ${size} bytes, too many for docs/`);
  const target = join(project, 'docs/screenshot.png');
  const same = () => readFileSync(target).equals(readFileSync(path));
  if (statSync(target, { throwIfNoEntry: false }) && same()) return;
  copyFileSync(path, target);
  console.log('docs/screenshot.png');
}

mkdirSync(directory, { recursive: true });
const server = await serve();
const browser = await launch();
try {
  for (const shot of shots) {
    if (wanted.length && !wanted.some((part) => shot.name.includes(part))) continue;
    await take(browser, server, shot);
  }
} finally {
  await browser.close();
  await server.close();
}
