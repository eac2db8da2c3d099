import { beforeEach, describe, expect, it } from '@jest/globals';
import { aStreamer } from '../../../testing/fixtures';
import { type OpenPage, openPage } from '../../../testing/page';
import NowPage from '../pages/now/now-page';

describe('the streamer dialog', () => {
  let page: OpenPage;
  const address = 'input[type=url]';
  const isOpen = (): boolean => document.querySelector('mat-dialog-container') !== null;

  async function open(streamers: object[] = []): Promise<void> {
    page = await openPage('/now', 'now', NowPage);
    page.answer('/api/streamers', { items: streamers, nextCursor: null });
    page.answer('/api/recordings', { items: [], nextCursor: null });
    page.answer('/api/demo', { available: false, reason: null, streamerId: null });
    page.answer('/api/recordings', { items: [], nextCursor: null });
    page.answer('/api/videos', { items: [], nextCursor: null });
    await page.settle();
  }
  const noProxies = { items: [], defaults: [] };
  async function press(names: string | string[], proxies: object | null = noProxies): Promise<void> {
    for (const name of [names].flat()) await page.press(name);
    await page.asked('/api/proxies');
    if (proxies === null) page.fail('/api/proxies');
    else page.answer('/api/proxies', proxies);
    // The dialog's code is fetched when it is first needed.
    while (!isOpen()) await page.settle();
    const dialog = page.find('mat-dialog-container');
    await page.until('the dialog has the keyboard', () => dialog.contains(document.activeElement));
    await page.settle();
  }
  beforeEach(() => {
    for (const left of document.querySelectorAll('.cdk-overlay-container')) left.remove();
  });

  it('adds a streamer from its address alone', async () => {
    await open();
    await press('Add a streamer');
    await page.type(address, '  https://live.example/a.m3u8 ');
    // The page behind the dialog has a button of that name too.
    page.find('mat-dialog-container button[type=submit]').click();
    await page.settle();
    const added = aStreamer({ id: 8, name: 'live.example' });
    const request = page.answer('/api/streamers', added, 201);
    expect(request.request.body).toEqual({
      url: 'https://live.example/a.m3u8',
      quality: null,
      ads: null,
      autoRecord: null,
    });
    await page.asked('/api/streamers');
    page.answer('/api/streamers', { items: [added], nextCursor: null });
    await page.settle();
    expect(page.buttons()).toContain('Record live.example');
    expect(document.body.textContent).toContain('live.example is added. Press Record to begin.');
  });

  it('says what is at the address before it is added', async () => {
    await open();
    await press('Add a streamer');
    await page.type(address, 'twitch.tv/ada');
    page.find(address).dispatchEvent(new Event('change'));
    const found = { url: 'https://www.twitch.tv/ada', platform: 'twitch', name: 'ada', problem: null };
    const { body } = page.answer('/api/sources/probe', { ...found, word: 'live', streamerId: 4 }).request;
    expect(body).toEqual({ url: 'twitch.tv/ada' });
    await page.settle();
    expect(page.find('[data-testid=probe]').textContent.trim()).toBe(
      'Twitch channel “ada”, live now. It has been added already.',
    );
  });

  it('sends nothing that cannot be an address, and says so at the field', async () => {
    await open();
    await press('Add a streamer');
    await page.type(address, 'ftp://live.example/a');
    page.find('mat-dialog-container button[type=submit]').click();
    await page.settle();
    expect(page.waiting()).toEqual([]);
    expect(page.find('mat-error').textContent).toContain('Paste a Twitch channel');
    expect(document.activeElement).toBe(page.find(address));
  });

  it.each(['twitch.tv/somebody', 'rtmp://live.example/app/key', 'srt://live.example:9000'])(
    'takes what the server takes: %s',
    async (url) => {
      await open();
      await press('Add a streamer');
      await page.type(address, url);
      page.find('mat-dialog-container button[type=submit]').click();
      await page.settle();
      expect(page.answer('/api/streamers', aStreamer()).request.body).toMatchObject({ url });
    },
  );

  it('says at the address that it is there already', async () => {
    await open();
    await press('Add a streamer');
    await page.type(address, 'https://live.example/a.m3u8');
    page.find('mat-dialog-container button[type=submit]').click();
    await page.settle();
    const detail = 'Streamer 4 has this URL already.';
    page.answer('/api/streamers', { title: 'Conflict', detail, code: 'streamer.already-added' }, 409);
    await page.settle();
    expect(page.find('mat-error').textContent).toBe(detail);
    expect(document.querySelector('mat-dialog-container .trouble')).toBeNull();
  });

  it('shows what the server says of a field at that field', async () => {
    await open();
    await press('Add a streamer');
    await page.type(address, 'https://live.example/page.html');
    page.find('mat-dialog-container button[type=submit]').click();
    await page.settle();
    const errors = [{ path: 'url', message: 'This answers with a web page, not with a playlist.' }];
    page.answer('/api/streamers', { title: 'Invalid', detail: '', code: 'validation', errors }, 400);
    await page.settle();
    expect(page.find('mat-error').textContent).toBe('This answers with a web page, not with a playlist.');
    expect(isOpen()).toBe(true);
  });

  it('says a refusal that concerns no field above them, and keeps what was typed', async () => {
    await open();
    await press('Add a streamer');
    await page.type(address, 'https://live.example/a.m3u8');
    page.find('mat-dialog-container button[type=submit]').click();
    await page.settle();
    page.answer('/api/streamers', { title: 'The disk is full', detail: 'Nothing is written.', code: 'x' }, 409);
    await page.settle();
    expect(page.find('mat-dialog-container [role=alert]').textContent).toContain(
      'The disk is full. Nothing is written.',
    );
    expect(page.find(address)).toHaveProperty('value', 'https://live.example/a.m3u8');
  });

  it('edits every setting; the address of a streamer is its identity', async () => {
    await open([aStreamer({ id: 5, quality: '1440p', ads: 'keep' })]);
    await press(['More for Harbour camera', 'Edit']);
    expect(document.querySelector(address)).toBeNull();
    const [quality, ads] = document.querySelectorAll('mat-select');
    expect(quality?.textContent).toContain('1440p');
    expect(ads?.textContent).toContain('Keep it');
    await page.type('mat-dialog-container input', 'Harbour, east');
    await page.press('Save');
    const request = page.answer('/api/streamers/5', aStreamer({ id: 5, name: 'Harbour, east' }));
    expect(request.request.method).toBe('PATCH');
    expect(request.request.body).toEqual({ name: 'Harbour, east', quality: '1440p', ads: 'keep', autoRecord: false });
    await page.settle();
  });

  it('leaves to the settings for all what is from there', async () => {
    await open([aStreamer({ id: 5, quality: '720p', inherited: ['quality', 'ads', 'autoRecord'] })]);
    await press(['More for Harbour camera', 'Edit']);
    expect(document.querySelector('mat-select')?.textContent).toContain('As for all streamers');
    await page.press('Save');
    const { body } = page.answer('/api/streamers/5', aStreamer({ id: 5 })).request;
    expect(body).toMatchObject({ quality: null, ads: null, autoRecord: null });
  });

  it('takes the sign-in of a camera, and sends only what was filled in', async () => {
    await open();
    await press('Add a streamer');
    expect(document.querySelector('[data-testid=credentials]')).toBeNull();
    await page.type(address, 'rtsp://camera.example/1');
    const [user] = document.querySelectorAll<HTMLInputElement>('[data-testid=credentials] input');
    user!.value = 'viewer';
    user!.dispatchEvent(new Event('input', { bubbles: true }));
    page.find('mat-dialog-container button[type=submit]').click();
    await page.settle();
    const { body } = page.answer('/api/streamers', aStreamer()).request;
    expect(body).toMatchObject({ credentials: { user: 'viewer' } });
  });

  describe('with proxies in the settings', () => {
    const named = (name: string, restsUntil: string | null = null) => ({ name, canBeChosen: true, restsUntil });
    const proxies = {
      items: [named('ams'), named('fra', '2026-11-22T21:05:00Z'), { ...named('http://10.0.0.1'), canBeChosen: false }],
      defaults: ['ams', 'direct'],
    };
    const edit = ['More for Harbour camera', 'Edit'];
    const rows = (): string[] =>
      [...document.querySelectorAll('[data-testid=proxies] .name')].map((row) =>
        row.textContent.replaceAll(/\s+/g, ' ').trim(),
      );
    const [asSettings, ofItsOwn] = [0, 1];
    async function choose(which: number): Promise<void> {
      const radio = document.querySelectorAll<HTMLInputElement>('[data-testid=proxies] input')[which]!;
      radio.click();
      radio.dispatchEvent(new Event('change'));
      await page.settle();
    }
    async function saved(): Promise<unknown> {
      await page.press('Save');
      return page.answer('/api/streamers/5', aStreamer({ id: 5 })).request.body;
    }

    it('leaves a streamer to the settings until an order of its own is wanted', async () => {
      await open([aStreamer({ id: 5 })]);
      await press(edit, proxies);
      expect(page.find('[data-testid=proxies]').textContent).toContain('Server default: ams, then directly');
      expect(await saved()).toMatchObject({ proxies: null });
    });

    it('puts them into an order', async () => {
      await open([aStreamer({ id: 5 })]);
      await press(edit, proxies);
      await choose(ofItsOwn);
      expect(rows()).toEqual(['ams']);
      await page.press('Use Directly, without a proxy');
      await page.press('Use fra');
      await page.press('Try fra earlier');
      expect(rows()[0]).toMatch(/^fra does not work; next attempt at /);
      expect(rows().slice(1)).toEqual(['ams', 'Directly, without a proxy']);
      expect(page.button('Try ams later').disabled).toBe(true);
      expect(page.buttons()).not.toContain('Use http://10.0.0.1');
      expect(await saved()).toMatchObject({ proxies: ['fra', 'ams', 'direct'] });
    });

    it('shows what is wanted though the settings do not have it any more, and gives it up', async () => {
      await open([aStreamer({ id: 5, proxies: ['old', 'ams'] })]);
      await press(edit, proxies);
      expect(rows()).toEqual(['old not in the settings', 'ams']);
      await page.press('Do not use old');
      expect(page.button('Do not use ams').disabled).toBe(true);
      await choose(asSettings);
      expect(await saved()).toMatchObject({ proxies: null });
    });

    it('says at the list what the server says of one of its items', async () => {
      await open([aStreamer({ id: 5, proxies: ['old'] })]);
      await press(edit, proxies);
      await page.press('Save');
      const errors = [{ path: 'proxies.0', message: 'There is no proxy old.' }];
      page.answer('/api/streamers/5', { title: 'Invalid', detail: '', code: 'request.invalid', errors }, 400);
      await page.settle();
      expect(page.find('mat-dialog-container mat-error').textContent).toBe('There is no proxy old.');
    });

    it('says at the list that one of them is unknown by now', async () => {
      await open([aStreamer({ id: 5, proxies: ['ams'] })]);
      await press(edit, proxies);
      await page.press('Save');
      const detail = 'There is no proxy “ams”.';
      page.answer('/api/streamers/5', { title: 'Invalid', detail, code: 'streamer.unknown-proxy' }, 400);
      await page.settle();
      expect(page.find('mat-dialog-container mat-error').textContent).toBe(detail);
    });

    it('changes the rest where nobody knows the proxies', async () => {
      await open([aStreamer({ id: 5, proxies: ['ams'] })]);
      await press(edit, null);
      expect(document.querySelector('[data-testid=proxies]')).toBeNull();
      expect(await saved()).not.toHaveProperty('proxies');
    });
  });
});
