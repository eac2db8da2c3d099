import { beforeEach, describe, expect, it } from '@jest/globals';
import { aStreamer } from '../../../testing/fixtures';
import { type OpenPage, openPage } from '../../../testing/page';
import LivePage from '../pages/live/live-page';

describe('the channel dialog', () => {
  let page: OpenPage;
  const address = 'input[type=url]';
  const isOpen = (): boolean => document.querySelector('mat-dialog-container') !== null;

  async function open(streamers: object[] = []): Promise<void> {
    page = await openPage('/live', 'live', LivePage);
    page.answer('/api/streamers', { items: streamers, nextCursor: null });
    page.answer('/api/recordings', { items: [], nextCursor: null });
    page.answer('/api/demo', { available: false, reason: null, streamerId: null });
    await page.settle();
  }
  async function press(...names: string[]): Promise<void> {
    for (const name of names) await page.press(name);
    // The dialog's code is fetched when it is first needed.
    while (!isOpen()) await page.settle();
    await page.settle();
  }
  beforeEach(() => {
    for (const left of document.querySelectorAll('.cdk-overlay-container')) left.remove();
  });

  it('adds a channel from its address alone', async () => {
    await open();
    await press('Add a channel');
    await page.type(address, '  https://live.example/a.m3u8 ');
    // The page behind the dialog has a button of that name too.
    page.find('mat-dialog-container button[type=submit]').click();
    await page.settle();
    const added = aStreamer({ id: 8, name: 'live.example' });
    const request = page.answer('/api/streamers', added, 201);
    expect(request.request.body).toEqual({
      url: 'https://live.example/a.m3u8',
      quality: 'best',
      ads: 'skip',
      autoRecord: false,
    });
    await page.asked('/api/streamers');
    page.answer('/api/streamers', { items: [added], nextCursor: null });
    await page.settle();
    expect(page.buttons()).toContain('Record live.example');
    expect(document.body.textContent).toContain('live.example is added. Press Record to begin.');
  });

  it('sends nothing that cannot be an address, and says so at the field', async () => {
    await open();
    await press('Add a channel');
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
      await press('Add a channel');
      await page.type(address, url);
      page.find('mat-dialog-container button[type=submit]').click();
      await page.settle();
      expect(page.answer('/api/streamers', aStreamer()).request.body).toMatchObject({ url });
    },
  );

  it('says at the address that it is there already', async () => {
    await open();
    await press('Add a channel');
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
    await press('Add a channel');
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
    await press('Add a channel');
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

  it('edits every setting; the address of a channel is its identity', async () => {
    await open([aStreamer({ id: 5, quality: '1440p', ads: 'keep' })]);
    await press('More for Harbour camera', 'Edit');
    expect(document.querySelector(address)).toBeNull();
    const [quality, ads] = document.querySelectorAll('mat-select');
    expect(quality?.textContent).toContain('1440p');
    expect(ads?.textContent).toContain('Keep it');
    await page.type('mat-dialog-container input', 'Harbour, east');
    page.find('mat-slide-toggle button').click();
    await page.settle();
    await page.press('Save');
    const request = page.answer('/api/streamers/5', aStreamer({ id: 5, name: 'Harbour, east' }));
    expect(request.request.method).toBe('PATCH');
    expect(request.request.body).toEqual({ name: 'Harbour, east', quality: '1440p', ads: 'keep', autoRecord: true });
    await page.settle();
  });
});
