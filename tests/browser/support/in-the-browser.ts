import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { until } from '../../e2e/support/until.js';
import { inThis, World } from '../../e2e/support/world.js';
import { complaintsOf, desktop, keepPictures, launchBrowser, playing } from './browser.js';

export interface InTheBrowser {
  /** Lives as long as the tests of the file. */
  readonly world: World;
  /** A test; if it fails, a picture of the page is kept. */
  showing(test: () => Promise<void>): () => Promise<void>;
}

/**
 * A browser for the tests of a file, and a page for each of them.
 * @param opened gets the page, and its complaints from then on
 */
export function inTheBrowser(opened: (page: Page, complaints: string[]) => void): InTheBrowser {
  const world = new World();
  let browser: Browser | undefined;
  let page: Page | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await world.close();
  });
  beforeEach(async () => {
    const context = await browser!.newContext({ viewport: desktop });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    signInOnTheWay(page, world);
    opened(page, complaintsOf(page));
  });
  afterEach(() => page?.context().close());
  const showing = (test: () => Promise<void>) => () =>
    inThis(world, async () => {
      try {
        await test();
      } catch (error) {
        const name = (expect.getState().currentTestName ?? 'a test').replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 100);
        if (page) await keepPictures(page, `failed-${name}`).catch(() => undefined);
        throw error;
      }
    });
  return { world, showing };
}

/**
 * Opens a server's pages as a signed-in user who has visited before. Cookies ignore ports: with the next server's page,
 * the cookie is that server's.
 */
function signInOnTheWay(page: Page, world: World): void {
  const goTo = page.goto.bind(page);
  page.goto = async (url, options) => {
    const server = world.serverAt(url);
    if (server && server.hasAdministrator) {
      const { Cookie } = await server.api.signedIn();
      const cookies = Cookie.split('; ').map((pair) => pair.split('=', 2) as [string, string]);
      await page
        .context()
        .addCookies(cookies.map(([name, value]) => ({ name, value, url: server.address, httpOnly: true })));
    }
    return goTo(url, options);
  };
}

/** The video plays: time goes on, and frames are decoded. */
export async function expectPlaying(page: Page, seconds = 1.5): Promise<void> {
  const first = await until('there was a picture', async () => {
    const now = await playing(page);
    return now && now.readyState >= 2 && !now.paused && now.frames > 0 && now;
  });
  await until('it moved on', async () => {
    const now = await playing(page);
    return now !== undefined && now.time >= first.time + seconds && now.frames > first.frames;
  });
}
