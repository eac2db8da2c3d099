import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { administrator } from '../e2e/support/signed-in.js';
import { until } from '../e2e/support/until.js';
import { barriers, keepPictures, playing } from './support/browser.js';
import { expectPlaying, inTheBrowser } from './support/in-the-browser.js';

let page: Page;
let complaints: string[];
const { world, showing } = inTheBrowser((opened, heard) => {
  page = opened;
  complaints = heard;
});

describe('the console', () => {
  it(
    'takes a newcomer from nothing to a video: demo streamer, record, watch and rewind, stop, library, story',
    showing(async () => {
      const server = await world.server({ ADMIN_PASSWORD: '' });
      await page.goto(server.address);
      const welcome = page.getByRole('heading', { name: 'Welcome to StreamVault' });
      await welcome.waitFor();
      // The page is in the middle of the window, not in the rail's column.
      const { x, width } = (await welcome.boundingBox())!;
      expect(Math.abs(x + width / 2 - page.viewportSize()!.width / 2)).toBeLessThan(2);
      await keepPictures(page, '0-set-up');
      expect(await barriers(page)).toEqual([]);
      await page.getByLabel('Name').fill(administrator.name);
      await page.getByLabel('Password').fill(administrator.password);
      await page.getByRole('button', { name: 'Create the administrator' }).click();
      await page.getByRole('heading', { name: 'Nothing to record yet' }).waitFor();
      await keepPictures(page, '1-empty');
      expect(await barriers(page)).toEqual([]);

      await page.getByRole('button', { name: 'Try the demo' }).click();
      await page.getByRole('button', { name: 'Record Demo channel' }).click();
      await page.getByRole('heading', { name: 'Recording now' }).waitFor();
      const bytes = async () => Number(await page.getByTestId('bytes').first().getAttribute('data-bytes'));
      const some = await until('bytes arrived', async () => (await bytes()) || undefined);
      await until('more bytes arrived', async () => (await bytes()) > some);
      await keepPictures(page, '2-live');
      expect(await barriers(page)).toEqual([]);

      await page.getByRole('link', { name: 'Watch Demo channel' }).click();
      const player = page.getByRole('group', { name: /^Player/ });
      await player.getByRole('button', { name: 'Play', exact: true }).first().click();
      await expectPlaying(page);
      // After a click on the picture the keys are the player's, also in full screen, which Space does not leave.
      const isPaused = (paused: boolean) =>
        until(`it was ${paused ? 'paused' : 'playing'}`, async () => (await playing(page))?.paused === paused);
      const isFull = () => page.evaluate(() => document.fullscreenElement !== null);
      await player
        .locator('video:visible')
        .first()
        .click({ position: { x: 40, y: 40 } });
      await isPaused(true);
      await page.keyboard.press('f');
      await until('it filled the screen', isFull);
      await page.keyboard.press('Space');
      await isPaused(false);
      expect(await isFull()).toBe(true);
      await page.keyboard.press('f');
      await until('it did not any more', async () => !(await isFull()));
      await page.getByRole('heading', { name: 'Timeline' }).waitFor();
      await keepPictures(page, '3-watching');
      expect(await barriers(page)).toEqual([]);

      // Back to the very beginning, while recording goes on.
      await until('there was something to go back to', async () => ((await playing(page))?.time ?? 0) > 6, {
        seconds: 60,
      });
      await player.getByRole('button', { name: 'Pause', exact: true }).click();
      const before = (await playing(page))!.time;
      await player.getByRole('button', { name: 'Back 10 seconds' }).click();
      await until('it went back', async () => ((await playing(page))?.time ?? Infinity) < Math.max(before - 9, 0.5));
      await player.getByRole('slider', { name: 'Position' }).press('Home');
      await until('it was at the beginning', async () => ((await playing(page))?.time ?? Infinity) < 0.5);
      await player.getByRole('button', { name: 'Play', exact: true }).last().click();
      await expectPlaying(page);

      // The server goes away and comes back; the page is not touched.
      const [recording] = (await server.api.recordings()).items;
      await server.kill();
      await page.locator('[data-connection=reconnecting]').waitFor();
      await server.start();
      await page.locator('[data-connection=live]').waitFor();
      await server.api.recordingThat(recording!.id, 'captures again', (now) => {
        return now.state === 'capturing' && now.parts.length >= 2;
      });
      await page
        .getByTestId('lifecycle')
        .locator('[aria-current=step][data-state=capturing]')
        .waitFor({ state: 'attached' });
      await expectPlaying(page);

      const beforeTheStop = (await playing(page))!.time;
      await page.getByRole('main').getByRole('button', { name: 'Stop', exact: true }).click();
      await page.evaluate(() => window.dispatchEvent(new Event('pagehide')));
      await page
        .getByTestId('lifecycle')
        .locator('[aria-current=step][data-state=completed]')
        .waitFor({ state: 'attached' });
      expect((await server.api.recordings()).items).toMatchObject([{ id: recording!.id, state: 'completed' }]);
      // The file replaces the playlist at the viewer's position; then it is watched from its beginning.
      await page.locator('[data-testid=player][data-source=file]').waitFor();
      expect((await playing(page))!.time).toBeGreaterThan(beforeTheStop - 1);
      await player.getByRole('slider', { name: 'Position' }).press('Home');
      await until('it was at the beginning', async () => ((await playing(page))?.time ?? Infinity) < 3);
      if ((await playing(page))!.paused) await player.getByRole('button', { name: 'Play', exact: true }).last().click();
      await expectPlaying(page);

      const story = page.getByTestId('story').getByRole('listitem');
      const told = (await server.api.story(recording!.id)).map(({ type }) => type);
      await until('the whole story was told', async () => (await story.count()) === told.length);
      expect(await story.evaluateAll((lines) => lines.map((line) => line.getAttribute('data-type')))).toEqual(told);
      await story.first().locator('summary').click();
      await page.getByText(/RecordingRequested \(version \d+\), revision 0/).waitFor();
      await keepPictures(page, '4-story');
      expect(await barriers(page)).toEqual([]);

      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Library' }).click();
      const card = page.getByTestId(`video-${(await server.api.videos()).items[0]!.id}`);
      await until('the thumbnail was there', () =>
        card.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth > 0),
      );
      await keepPictures(page, '5-library');
      expect(await barriers(page)).toEqual([]);

      await card.getByRole('link').click();
      await page.getByRole('heading', { level: 1 }).waitFor();
      await player.getByRole('button', { name: 'Play', exact: true }).first().click();
      await expectPlaying(page);
      expect((await playing(page))?.source).toMatch(/\/api\/videos\/\d+\/stream$/);
      await keepPictures(page, '6-video');
      expect(await barriers(page)).toEqual([]);

      // While the server was away, the browser itself reports that it could not be reached, and before that, that there
      // was no account yet.
      expect(
        complaints.filter(
          (text) =>
            !/ERR_CONNECTION_(REFUSED|RESET)|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|status of 503/.test(text),
        ),
      ).toEqual([]);
    }),
  );

  it(
    'signs in with a passkey, and shows who may do what',
    showing(async () => {
      const server = await world.server();
      // A host name: browsers have no passkeys for an IP address.
      const address = server.address.replace('127.0.0.1', 'localhost');
      const devices = await page.context().newCDPSession(page);
      await devices.send('WebAuthn.enable');
      await devices.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          protocol: 'ctap2',
          transport: 'internal',
          hasResidentKey: true,
          hasUserVerification: true,
          isUserVerified: true,
          automaticPresenceSimulation: true,
        },
      });
      await page.goto(`${address}/settings/users`);
      await page.getByLabel('Name').fill(administrator.name);
      await page.getByLabel('Password').fill(administrator.password);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('heading', { name: 'Passkeys' }).waitFor();
      await page.getByLabel('Name of the passkey').fill('Laptop');
      await page.locator('input[name=passkey-password]').fill(administrator.password);
      await page.getByRole('button', { name: 'Add passkey' }).click();
      await page.getByText('for localhost · not used yet').waitFor();
      await keepPictures(page, 'access-1-users');
      expect(await barriers(page)).toEqual([]);

      await page.getByRole('button', { name: 'Sign out', exact: true }).click();
      await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
      await keepPictures(page, 'access-2-sign-in');
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await page.getByRole('heading', { name: 'Nothing to record yet' }).waitFor();
      await page.goto(`${address}/audit?category=accounts,sign_ins,api_keys,shares`);
      await page.getByText('User 1 signed in with a passkey').waitFor();
      await keepPictures(page, 'access-3-audit');
      expect(await barriers(page)).toEqual([]);
      // The browser itself reports that nobody was signed in.
      expect(complaints.filter((text) => !/status of 401/.test(text))).toEqual([]);
    }),
  );
});
