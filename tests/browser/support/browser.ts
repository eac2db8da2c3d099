import { AxeBuilder } from '@axe-core/playwright';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';

const artifacts = fileURLToPath(new URL('../../../artifacts/browser/', import.meta.url));
const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** The sizes with which the console is tested: desktop and phone. */
export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };

export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(executablePath))
    throw new Error(`There is no Chromium at ${executablePath}. Install it, or name one in CHROMIUM_PATH.`);
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Pictures of the page in both sizes, if not told otherwise; the page is left in the desktop size. */
export async function keepPictures(
  page: Page,
  name: string,
  sizes: Readonly<Record<string, typeof desktop>> = { phone, desktop },
): Promise<void> {
  await mkdir(artifacts, { recursive: true });
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    // As tall as the content: fixed bars would otherwise be in the middle of the picture.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ ...viewport, height: Math.min(Math.max(viewport.height, height), 4000) });
    await page.screenshot({ path: path.join(artifacts, `${name}-${size}.png`), animations: 'disabled' });
  }
  await page.setViewportSize(desktop);
}

/** Of axe's rules, those whose answer depends on colours. */
const rulesOfColour: readonly string[] = ['color-contrast', 'link-in-text-block'];

/** What axe finds to be serious or critical, with its place: by all its rules, or by these. */
export async function barriers(page: Page, rules?: readonly string[]): Promise<string[]> {
  // Fading elements have their colours only at the end.
  await page.evaluate(async () => {
    const passing = document
      .getAnimations()
      .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime));
    await Promise.allSettled(passing.map(({ finished }) => finished));
  });
  // The pages have no frames: axe need not open a page of its own to put their results together.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (rules ? axe.withRules([...rules]) : axe).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join(', ')})`);
}

/**
 * The barriers of the page that is open: on desktop and phone, in the light and in the dark. Structure, names and keys
 * do not depend on the colours, so in the dark only the colours are judged.
 */
export async function barriersInAllLooks(page: Page): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const [size, viewport] of Object.entries({ phone, desktop })) {
      await page.setViewportSize(viewport);
      const here = await barriers(page, colorScheme === 'dark' ? rulesOfColour : undefined);
      if (here.length > 0) found[`${size}, ${colorScheme}`] = here;
    }
  }
  return found;
}

/** Pictures of the page as {@link barriersInAllLooks} saw it; the dark one is the desktop's. */
export async function keepPicturesOfLooks(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await keepPictures(page, `${name}-dark`, { desktop });
  await page.emulateMedia({ colorScheme: 'light' });
  await keepPictures(page, `${name}-light`);
}

export interface Playing {
  /** Position in seconds. */
  readonly time: number;
  readonly frames: number;
  readonly readyState: number;
  readonly paused: boolean;
  readonly duration: number;
  readonly source: string;
}

/** The state of the visible video. */
export function playing(page: Page): Promise<Playing | undefined> {
  return page.evaluate(() => {
    const [video] = [...document.querySelectorAll('video')].filter((one) => one.getAttribute('aria-hidden') !== 'true');
    if (!video) return undefined;
    const { currentTime: time, readyState, paused, duration, currentSrc: source } = video;
    return { time, readyState, paused, duration, source, frames: video.getVideoPlaybackQuality().totalVideoFrames };
  });
}

/** Everything that the page complained about: exceptions, and errors in its console. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`);
  });
  return complaints;
}
