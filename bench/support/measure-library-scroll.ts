import { MikroORM } from '@mikro-orm/sqlite';
import { ProjectionCheckpoint } from '@streamvault/kernel';
import { videoLibraryProjection } from '@streamvault/library';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../../tests/browser/support/browser.js';
import { signIn } from '../../tests/e2e/support/signed-in.js';
import { addVideos } from './many-videos.js';
import { cleanUpOf, Service } from './processes.js';

const limitMilliseconds = 33;
const thumbnail = 'shared.jpg';
/** As fast as a hand turns a wheel that is in a hurry: three cards each time. */
const wheel = { pixels: 300, everyMilliseconds: 60 };

export async function measureLibraryScroll(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      videos: { type: 'string', default: '100000' },
      loaded: { type: 'string', default: '100000' },
      seconds: { type: 'string', default: '20' },
      width: { type: 'string', default: '1280' },
      dir: { type: 'string', default: '/tmp' },
    },
  });
  const folder = mkdtempSync(join(values.dir, 'streamvault-library-scroll-'));
  const cleanUp = cleanUpOf(folder);
  const browser = await launchBrowser();
  try {
    const server = await serverWith(folder, Number(values.videos));
    const { Cookie } = await signIn(server.address);
    const context = await browser.newContext({ viewport: { width: Number(values.width), height: 800 } });
    await context.addCookies(
      Cookie.split('; ').map((cookie) => {
        const [name = '', value = ''] = cookie.split(/=(.*)/s);
        return { name, value, url: server.address };
      }),
    );
    const page = await context.newPage();
    await page.goto(`${server.address}/library`);
    await page.locator('sv-video-card').first().waitFor();
    const rows = [{ from: 'the top', ...(await scroll(page, Number(values.seconds), 1)) }];
    const loaded = await loadedUpTo(page, Number(values.loaded));
    rows.push({ from: `${loaded} cards`, ...(await scroll(page, Number(values.seconds), -1)) });
    console.table(rows);
    return rows.every(({ p95 }) => p95 <= limitMilliseconds) ? 0 : 1;
  } finally {
    await browser.close();
    cleanUp();
  }
}

/** The tables are made by the server itself. */
async function serverWith(folder: string, videos: number): Promise<Service> {
  mkdirSync(join(folder, 'recordings'));
  const picture = [
    '-f',
    'lavfi',
    '-i',
    'mandelbrot=s=640x360',
    '-frames:v',
    '1',
    join(folder, 'recordings', thumbnail),
  ];
  execFileSync('ffmpeg', ['-v', 'error', ...picture]);
  await (await Service.server(folder)).stop();
  const entities = [ProjectionCheckpoint, ...videoLibraryProjection.entities];
  const orm = await MikroORM.init({ dbName: join(folder, 'read-models.db'), entities });
  await addVideos(() => orm.em.fork(), videos, thumbnail);
  await orm.close();
  return Service.server(folder);
}

/** Fetches page after page by looking at their end. */
async function loadedUpTo(page: Page, wanted: number): Promise<number> {
  return page.evaluate(async (wanted) => {
    const last = () =>
      Math.max(0, ...[...document.querySelectorAll('[aria-posinset]')].map((item) => Number(item.ariaPosInSet)));
    let stuck = 0;
    for (let before = 0; before < wanted && stuck < 200;) {
      scrollTo(0, document.documentElement.scrollHeight);
      await new Promise((resolve) => setTimeout(resolve, 10));
      const now = last();
      stuck = now > before ? 0 : stuck + 1;
      before = Math.max(before, now);
    }
    return last();
  }, wanted);
}

/** Milliseconds from frame to frame while the wheel turns. */
async function scroll(page: Page, seconds: number, direction: 1 | -1) {
  await page.mouse.move(600, 500);
  await page.evaluate(() => {
    const frames: number[] = [];
    let before = performance.now();
    const note = (now: number) => {
      frames.push(now - before);
      before = now;
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
    Object.assign(globalThis, { frames });
  });
  const from = await page.evaluate(() => scrollY);
  // Of the page's main thread, whatever else the machine does.
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const cpuSeconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  const cpuBefore = await cpuSeconds();
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await page.mouse.wheel(0, direction * wheel.pixels);
    await page.waitForTimeout(wheel.everyMilliseconds);
  }
  const cpu = (await cpuSeconds()) - cpuBefore;
  await session.detach();
  const [frames, to] = await page.evaluate(
    () => [(globalThis as unknown as { frames: number[] }).frames.slice(2), scrollY] as const,
  );
  const sorted = frames.toSorted((one, other) => one - other);
  const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? Number.NaN) * 10) / 10;
  return {
    pixels: Math.abs(to - from),
    frames: frames.length,
    'CPU ms per frame': Math.round((cpu / frames.length) * 10_000) / 10,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    longest: Math.round(sorted.at(-1) ?? Number.NaN),
  };
}
