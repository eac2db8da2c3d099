import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { shortRecording } from '../e2e/support/short-recording.js';
import type { StreamVault } from '../e2e/support/stream-vault.js';
import { until } from '../e2e/support/until.js';
import { barriers, barriersInAllLooks, desktop, keepPictures, keepPicturesOfLooks, phone } from './support/browser.js';
import { inTheBrowser } from './support/in-the-browser.js';

describe('the audit in the console', () => {
  let page: Page;
  let complaints: string[];
  let server: StreamVault;
  let recordingId: number;
  // Before the page is closed.
  afterEach(() => expect(complaints).toEqual([]));
  const { world, showing } = inTheBrowser((opened, heard) => {
    page = opened;
    complaints = heard;
  });

  beforeAll(async () => {
    server = await world.server();
    const { recording } = await shortRecording(world, server, { name: 'Harbour camera' });
    recordingId = recording.id;
  }, 120_000);

  const open = async (address: string) => {
    await page.goto(server.address + address);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('[data-connection=live]').waitFor();
    await until('everything was there', async () => (await page.locator('sv-skeleton').count()) === 0);
  };
  const types = () =>
    page
      .locator('[data-testid=events] sv-event-line')
      .evaluateAll((lines) => lines.map((line) => line.dataset['type']));

  it(
    'leads from a recording’s story back to the request that began it, in two clicks',
    showing(async () => {
      await open(`/recordings/${recordingId}`);
      await page.getByTestId('story').locator('[data-type=SourceEnded]').getByRole('link', { name: /^Why/ }).click();
      await page.getByRole('heading', { level: 1, name: 'The source said that the broadcast is over.' }).waitFor();
      await keepPictures(page, 'audit-1-event');
      expect(await barriers(page)).toEqual([]);

      const causes = page.getByTestId('causes');
      await causes.getByText('Somebody sent a request to the API').waitFor();
      await causes.getByRole('link', { name: /^Recording of Harbour camera requested/ }).click();
      await page.getByRole('heading', { level: 1, name: /^Recording of Harbour camera requested/ }).waitFor();
      await page.getByTestId('effects').getByRole('link').first().waitFor();

      await page.getByRole('link', { name: 'All events with the same first cause' }).click();
      await page.getByRole('button', { name: /^Remove the filter Request/ }).waitFor();
      const told = (await server.api.story(recordingId)).map(({ type }) => type);
      await until('the whole story was there, bookkeeping and all', async () => {
        const shown = await types();
        return shown.length > told.length && told.every((type) => shown.includes(type));
      });
    }),
  );

  it(
    'filters by what stands in the address, which back and a chip change',
    showing(async () => {
      await open('/audit?category=video&from=nonsense');
      await until('only what fits was there', async () => String(await types()) === 'VideoAdded');
      await page.getByText('invalid filters, which are left out: From.').waitFor();
      await page.getByRole('button', { name: 'Remove the filter Kind video' }).click();
      await until('everything was there', async () => (await types()).length > 10);
      await keepPictures(page, 'audit-2-events');
      await page.goBack();
      await until('only what fits was there again', async () => String(await types()) === 'VideoAdded');
    }),
  );

  it(
    'shows what happens while it happens, but does not disturb a user who reads further down',
    showing(async () => {
      await page.setViewportSize({ width: desktop.width, height: 420 });
      await open('/audit');
      await until('there were events', async () => (await types()).length > 10);
      const origin = await world.origin();
      await server.api.addStreamer({ url: `${origin.url}?tail`, name: 'Night radio' });
      await page.getByText('Night radio was added.').waitFor();

      await page.mouse.move(640, 200);
      await page.mouse.wheel(0, 600);
      await until('it was further down', () => page.evaluate(() => window.scrollY > 400));
      await server.api.addStreamer({ url: `${origin.url}?held`, name: 'Falcon nest' });
      const news = page.getByRole('button', { name: /\d+ new$/ });
      await news.waitFor();
      expect(await page.getByText('Falcon nest was added.').count()).toBe(0);
      await news.click();
      await page.getByText('Falcon nest was added.').waitFor();
    }),
  );

  it(
    'goes back in time with the keyboard, and the address says where it is',
    showing(async () => {
      await open(`/recordings/${recordingId}`);
      await page.getByRole('link', { name: 'Go back in time' }).click();
      const slider = page.getByRole('slider', { name: 'Revision' });
      const now = page.getByTestId('lifecycle').locator('[aria-current=step]');
      await until('it was completed', async () => (await now.getAttribute('data-state')) === 'completed');
      await slider.press('Home');
      await until('it was just asked for', async () => (await now.getAttribute('data-state')) === 'requested');
      expect(new URL(page.url()).searchParams.get('at')).toBe('0');
      await page.getByText('None yet.').waitFor();

      const story = await server.api.story(recordingId);
      const started = story.findIndex(({ type }) => type === 'CaptureStarted');
      const opened = story.findIndex(({ type }) => type === 'PartOpened');
      for (let step = 0; step < started; step += 1) await slider.press('ArrowRight');
      await until('it was capturing', async () => (await now.getAttribute('data-state')) === 'capturing');
      expect(await slider.getAttribute('aria-valuetext')).toContain('The first bytes were on disk.');
      expect(await page.getByTestId('changes').textContent()).toMatch(/State\s*Starting.*Recording/);
      await page.getByRole('button', { name: opened > started ? 'Revision after' : 'Revision before' }).click();
      await page
        .getByTestId('then')
        .and(page.locator(`[data-revision="${opened}"][aria-busy=false]`))
        .waitFor();
      await page.getByTestId('parts').getByText('open since').waitFor();
      await keepPictures(page, 'audit-3-then');
      await page.reload();
      await page.getByText(`Revision ${opened} of ${story.length - 1}`, { exact: true }).waitFor();
      await page.getByTestId('parts').getByText('open since').waitFor();
    }),
  );

  it(
    'rebuilds a projection beside the one that is shown, and says when it is done',
    showing(async () => {
      await open('/audit/projections');
      const button = page.getByRole('button', { name: 'Rebuild Recording view' });
      await button.click();
      await keepPictures(page, 'audit-4-question');
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('alertdialog').getByRole('button', { name: 'Rebuild' }).click();
      await page.getByText('Rebuilt: Recording view.').waitFor();
      await until('it can be rebuilt again', () => button.isEnabled());
      expect((await server.api.recordings()).items).toMatchObject([{ id: recordingId, state: 'completed' }]);
    }),
  );

  it(
    'has no accessibility barriers, on desktop and phone, in the light and in the dark',
    showing(async () => {
      const [first] = await server.api.story(recordingId);
      for (const address of [
        '/audit?category=recording',
        `/audit/events/${first!.position}`,
        `/audit/streams/recording-${recordingId}?at=6`,
        '/audit/projections',
      ]) {
        await open(address);
        for (const viewport of [phone, desktop]) {
          await page.setViewportSize(viewport);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect([address, viewport.width, overflow]).toEqual([address, viewport.width, 0]);
        }
        expect([address, await barriersInAllLooks(page)]).toEqual([address, {}]);
        await keepPicturesOfLooks(page, `audit${address.replaceAll(/[^a-z]+/g, '-')}`);
      }
    }),
  );
});
