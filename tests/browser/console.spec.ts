import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { shortRecording } from '../e2e/support/short-recording.js';
import type { StreamVault } from '../e2e/support/stream-vault.js';
import { until } from '../e2e/support/until.js';
import { barriers, keepPictures, phone } from './support/browser.js';
import { expectPlaying, inTheBrowser } from './support/in-the-browser.js';

let page: Page;
let complaints: string[];
const { world, showing } = inTheBrowser((opened, heard) => {
  page = opened;
  complaints = heard;
});

describe('the console with a library', () => {
  let server: StreamVault;
  let recordingId: number;
  let videoId: number;

  beforeAll(
    showing(async () => {
      server = await world.server();
      const { recording, video } = await shortRecording(world, server, { name: 'A streamer with a rather long name' });
      ({ id: recordingId } = recording);
      ({ id: videoId } = video);
    }),
  );

  const failing = async () => {
    const origin = await world.origin();
    origin.faults.playlist({ kind: 'html' });
    const { id } = await server.api.addStreamer({ url: origin.url, name: 'Broken' });
    const { recordingId } = await server.api.start(id);
    const { failure } = await server.api.reaches(recordingId, 'failed');
    return { recordingId, failure: failure!.message, origin, streamerId: id };
  };

  it(
    'shows why a recording failed, and retries it',
    showing(async () => {
      const { recordingId, failure, origin, streamerId } = await failing();
      await page.goto(`${server.address}/recordings/${recordingId}`);
      await page.getByText(failure).first().waitFor();
      expect(await barriers(page)).toEqual([]);
      await keepPictures(page, '7-failed');
      origin.faults.clear();
      await page.getByRole('button', { name: 'Retry' }).click();
      await page
        .getByTestId('lifecycle')
        .locator('[aria-current=step][data-state=capturing]')
        .waitFor({ state: 'attached' });
      await server.api.stop(streamerId);
      await page
        .getByTestId('lifecycle')
        .locator('[aria-current=step][data-state=completed]')
        .waitFor({ state: 'attached' });
      expect(complaints).toEqual([]);
    }),
  );

  it(
    'adds a streamer by its address, and explains what is wrong with one',
    showing(async () => {
      const origin = await world.origin();
      await page.goto(`${server.address}/streamers`);
      await page.getByRole('button', { name: 'Add a streamer' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Address of the stream').fill('https://www.twitch.tv/directory');
      await dialog.getByRole('button', { name: 'Add streamer' }).click();
      await dialog
        .getByText(/Twitch/)
        .first()
        .waitFor();
      expect(await barriers(page)).toEqual([]);
      await keepPictures(page, '8-dialog');
      await dialog.getByLabel('Address of the stream').fill(origin.url);
      await dialog.getByLabel('Name').fill('Typed in');
      await dialog.getByLabel('Advertising').click();
      await page.getByRole('option', { name: 'Keep it' }).click();
      await dialog.getByRole('button', { name: 'Add streamer' }).click();
      await page.getByRole('button', { name: 'Record Typed in' }).waitFor();
      await page.getByRole('link', { name: 'Typed in', exact: true }).click();
      await page.locator('main').getByRole('link', { name: 'Settings', exact: true }).click();
      await page.getByTestId('settings').getByText('Set for this streamer').waitFor();
      await page.getByLabel('Quality').selectOption('720p');
      await until('both are its own', async () => (await page.getByText('Set for this streamer').count()) === 2);
      const added = (await server.api.streamers()).items.find(({ name }) => name === 'Typed in');
      expect(added).toMatchObject({ quality: '720p', ads: 'keep', proxies: null });
    }),
  );

  it(
    'shows a placeholder if a thumbnail is missing',
    showing(async () => {
      const names = await readdir(server.recordingsDirectory, { recursive: true });
      for (const name of names.filter((name) => name.endsWith('.jpg')))
        await rm(path.join(server.recordingsDirectory, name));
      await page.goto(`${server.address}/library`);
      await page.getByTestId(`video-${videoId}`).getByTestId('thumbnail-placeholder').waitFor();
      await keepPictures(page, '9-placeholder');
      expect(await barriers(page)).toEqual([]);
    }),
  );

  it(
    'stays readable for a day with 500 gaps, and makes each reachable by keyboard',
    showing(async () => {
      const day = Date.UTC(2026, 10, 22);
      const at = (seconds: number) => new Date(day + seconds * 1000).toISOString();
      const answer = {
        ...(await server.api.recording(recordingId)),
        startedAt: at(0),
        endedAt: at(86_400),
        gapSeconds: 1000,
        capturedRatio: 0.988,
        gaps: Array.from({ length: 500 }, (_, index) => {
          const cause = { code: 'source.timeout', message: index % 3 ? 'No answer came.' : 'The address was refused.' };
          return { from: at(index * 170), to: at(index * 170 + 2), seconds: 2, cause };
        }),
        ads: [{ from: at(40_000), to: at(40_090), seconds: 90, kept: false }],
        adSeconds: 90,
        parts: Array.from({ length: 100 }, (_, index) => ({
          number: index + 1,
          bytes: 1e8,
          durationSeconds: 850,
          openedAt: at(index * 864),
          closedAt: at(index * 864 + 850),
          container: 'ts',
          reason: 'rotation',
        })),
      };
      await page.route(`**/api/recordings/${recordingId}`, (route) => route.fulfill({ json: answer }));
      await page.goto(`${server.address}/recordings/${recordingId}`);
      const spans = page.getByTestId('timeline').getByRole('button');
      await spans.first().waitFor();
      // Neither one bar for each gap, nor a single one that looks as if nothing had been captured.
      const shown = await spans.count();
      expect(shown).toBeGreaterThan(100);
      expect(shown).toBeLessThan(200);
      expect(await page.getByTestId('timeline').locator('button[tabindex="0"]').count()).toBe(1);
      await spans.first().focus();
      await page.keyboard.press('End');
      expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(
        /^(Gap|Part|\d+ gaps)/,
      );
      expect(await page.getByTestId('losses').getByRole('row').count()).toBe(3);
      await page.getByText(/one by one \(501\)/).click();
      await page.setViewportSize(phone);
      expect(await barriers(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
      await page.getByRole('button', { name: 'Show the other 451' }).click();
      await page.getByTestId('happenings').locator('tbody tr').nth(500).waitFor();
    }),
  );

  it(
    'can be used with the keyboard alone, also to cut out a piece',
    showing(async () => {
      await page.goto(`${server.address}/now`);
      await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor();
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Skip to content');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
      await page.goto(`${server.address}/videos/${videoId}`);
      const player = page.getByRole('group', { name: /^Player/ });
      await player.getByRole('button', { name: 'Play', exact: true }).first().focus();
      await page.keyboard.press('Enter');
      await expectPlaying(page, 0.5);
      // Its button has gone, and the keyboard is on the picture.
      for (const key of ['Home', 'x']) await page.keyboard.press(key);
      await page.getByRole('button', { name: 'Cut', exact: true }).focus();
      await page.keyboard.press('Enter');
      const piece = page.getByRole('link', { name: 'Open the new video' });
      await piece.waitFor();
      expect(await barriers(page)).toEqual([]);
      await keepPictures(page, '10-cut');
      await piece.focus();
      await page.keyboard.press('Enter');
      await page.getByText('cut from').waitFor();
      await player.getByRole('button', { name: 'Play', exact: true }).first().focus();
      await page.keyboard.press('Enter');
      await expectPlaying(page, 0.5);
    }),
  );
});
