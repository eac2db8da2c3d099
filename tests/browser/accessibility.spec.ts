import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { shortRecording } from '../e2e/support/short-recording.js';
import type { StreamVault } from '../e2e/support/stream-vault.js';
import { until } from '../e2e/support/until.js';
import { barriersInAllLooks, desktop, keepPicturesOfLooks } from './support/browser.js';
import { inTheBrowser } from './support/in-the-browser.js';

let page: Page;
const { world, showing } = inTheBrowser((opened) => {
  page = opened;
});

describe('the console with a library', () => {
  let server: StreamVault;
  let recordingId: number;
  let streamerId: number;

  beforeAll(
    showing(async () => {
      server = await world.server();
      const { recording } = await shortRecording(world, server, { name: 'A streamer with a rather long name' });
      ({ id: recordingId, streamerId } = recording);
      const origin = await world.origin();
      origin.faults.playlist({ kind: 'html' });
      const broken = await server.api.addStreamer({ url: origin.url, name: 'Broken' });
      await server.api.reaches((await server.api.start(broken.id)).recordingId, 'failed');
    }),
  );

  it(
    'has no accessibility barriers on any page, on desktop and phone, in the light and in the dark',
    showing(async () => {
      const filled = [
        '/now',
        '/streamers',
        `/streamers/${streamerId}`,
        `/streamers/${streamerId}?tab=settings`,
        `/streamers/${streamerId}?tab=rules`,
        '/settings/recording',
        '/settings/sources',
        '/settings/notifications',
        '/library/recordings',
        '/library/statistics',
        '/library/names',
        '/library/check',
        '/library/import',
        `/recordings/${recordingId}`,
        '/library',
        `/recordings/${recordingId}?tab=files`,
        '/activity',
        '/storage',
        '/settings',
        '/more',
      ];
      for (const address of [...filled, '/nowhere']) {
        await page.goto(server.address + address);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.locator('[data-connection=live]').waitFor();
        await until('everything was there', async () => (await page.locator('sv-skeleton').count()) === 0);
        for (const width of [320, 390, 640, 820, 1280]) {
          await page.setViewportSize({ ...desktop, width });
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect([address, width, overflow]).toEqual([address, width, 0]);
        }
        expect([address, await barriersInAllLooks(page)]).toEqual([address, {}]);
        await keepPicturesOfLooks(page, `console${address.replaceAll(/[/?=]/g, '-')}`);
      }
    }),
  );
});
