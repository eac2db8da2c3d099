import { describe, expect, it } from '@jest/globals';
import { aVideo as aRecordedVideo, anEvent } from '../../../../testing/fixtures';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { type OpenPage, openPage } from '../../../../testing/page';
import VideoPage from './video-page';

describe('the page of an imported video', () => {
  const aVideo = (change: Parameters<typeof aRecordedVideo>[0] = {}) =>
    aRecordedVideo({ recordingId: null, ...change });
  const open = (address = '/videos/7'): Promise<OpenPage> =>
    openPage(address, 'videos/:id', VideoPage, [{ path: 'recordings/:id', children: [] }]);

  it('leads to the page of the broadcast where it was recorded here, at the same moment', async () => {
    const page = await open('/videos/7?t=90');
    page.answer('/api/videos/7', aRecordedVideo());
    await page.settle();
    await page.until('it was left', () => TestBed.inject(Router).url === '/recordings/3?t=90');
  });

  it('plays the file, and says its facts', async () => {
    const page = await open();
    page.answer('/api/videos/7', aVideo());
    await page.settle();
    expect(page.find('video.active').getAttribute('src')).toBe('/api/videos/7/stream');
    expect(page.text).toContain('1920 × 1080');
    expect(page.text).toContain('H.264 · AAC');
    expect(document.title).toBe('Ferries at dusk · StreamVault');
  });

  it('lists the gaps with their place in the video and their causes, and plays from before one', async () => {
    const page = await open('/videos/7?tab=gaps');
    const cause = { code: 'x', message: 'The network was down.' };
    const gap = { from: '2026-11-21T18:01:10Z', to: '2026-11-21T18:01:31Z', seconds: 21, cause };
    page.answer('/api/videos/7', aVideo({ gaps: [gap] }));
    await page.settle();
    expect(page.find('[data-testid=gaps]').textContent).toContain('21 s lost');
    expect(page.find('[data-testid=gaps]').textContent).toContain('The network was down.');
    page.button('Play from just before the gap at 1:10, 1 minute 10 seconds');
  });

  it('lists what lies on the disk, with its checksum and a way to what the server gives out', async () => {
    const page = await open('/videos/7?tab=files');
    page.answer('/api/videos/7', aVideo());
    await page.settle();
    const items = [
      { file: 'Harbour camera/Ferries.mp4', bytes: 2.4e9, kind: 'video' },
      { file: 'Harbour camera/Ferries.storyboard', bytes: 81_000, kind: 'storyboard' },
      { file: 'Harbour camera/Ferries.nfo', bytes: 900, kind: 'nfo' },
    ];
    page.answer('/api/videos/7/files', { items, sha256: 'ab12' });
    await page.settle();
    const rows = [...document.querySelectorAll('[data-testid=files] tbody tr')].map(({ textContent }) => textContent);
    expect(rows).toEqual([
      expect.stringMatching(/Video.*Ferries\.mp4.*2\.40 GB.*Download/s),
      expect.stringMatching(/Storyboard.*81\.0 kB.*Open/s),
      expect.stringMatching(/For media servers.*900 B\s*$/s),
    ]);
    expect(page.link('Download the video').getAttribute('href')).toBe('/api/videos/7/download');
    expect(page.text).toMatch(/SHA-256 of the video ?ab12/);
    page.feed.event(anEvent('VideoRenamed', {}, { stream: 'video-7' }));
    await page.asked('/api/videos/7/files');
    page.answer('/api/videos/7/files', { title: 'Gone', detail: 'The file is not there (any more).', code: 'x' }, 404);
    await page.settle();
    expect(page.find('[role=alert]').textContent).toContain('The file is not there');
  });

  it('goes through its chapters', async () => {
    const page = await open();
    const chapters = [
      { at: 0, title: 'Warm-up', category: null },
      { at: 754, title: 'The final', category: 'Chess' },
    ];
    page.answer('/api/videos/7', aVideo({ chapters }));
    await page.settle();
    expect(page.find('[data-testid=chapters]').textContent).toContain('12:34');
    expect(page.buttons().some((name) => name.includes('The final'))).toBe(true);
  });

  it('plays and pauses by button and by key', async () => {
    const page = await open();
    page.answer('/api/videos/7', aVideo());
    await page.settle();
    await page.press('Play');
    expect(page.buttons()).toContain('Pause');
    // Its button is gone, and the keys go on to the picture.
    expect(document.activeElement).toBe(page.find('[data-testid=player]'));
    page.find('[data-testid=player]').dispatchEvent(new KeyboardEvent('keydown', { key: 'k' }));
    await page.settle();
    expect(page.buttons()).toContain('Play');
  });

  it('says that the file is gone, in the place of the picture', async () => {
    const page = await open();
    page.answer('/api/videos/7', aVideo());
    await page.settle();
    page.find('video.active').dispatchEvent(new Event('error'));
    await page.settle();
    expect(page.find('[data-testid=player] [role=alert]').textContent).toContain('It may have been removed');
  });

  it('offers the download where the browser does not know its format', async () => {
    const page = await open();
    page.answer('/api/videos/7', aVideo({ codecs: 'hvc1.1.6.L93.B0,mp4a.40.2' }));
    await page.settle();
    page.find('video.active').dispatchEvent(new Event('loadedmetadata'));
    await page.settle();
    expect(page.find('[data-testid=player] [role=alert]').textContent).toContain('does not know its format');
    expect(page.link('Download it').getAttribute('href')).toBe('/api/videos/7/download');
  });

  it('says what it was cut out of, and leads to that moment', async () => {
    const page = await open();
    const origin = { videoId: 4, fromSeconds: 10.5, toSeconds: 25, exact: false };
    page.answer('/api/videos/7', aVideo({ origin }));
    await page.asked('/api/videos/4');
    page.answer('/api/videos/4', aRecordedVideo({ id: 4, title: 'The whole evening' }));
    await page.settle();
    expect(page.text).toContain('cut from The whole evening, 0:10.5–0:25');
    expect(page.text).not.toContain('imported');
    expect(page.link('The whole evening').getAttribute('href')).toBe('/videos/4?t=10');
  });

  it('chooses a piece by keys, and offers to cut it out', async () => {
    const page = await open();
    page.answer('/api/videos/7', aVideo());
    await page.settle();
    const video = page.find('video.active') as HTMLVideoElement;
    const press = async (key: string): Promise<void> => {
      page.find('[data-testid=player]').dispatchEvent(new KeyboardEvent('keydown', { key }));
      await page.settle();
    };
    Object.defineProperty(video, 'duration', { value: 600 });
    video.currentTime = 60;
    video.dispatchEvent(new Event('timeupdate'));
    await press('x');
    expect(page.text).toContain('Cut out a piece');
    video.currentTime = 75;
    video.dispatchEvent(new Event('timeupdate'));
    await press('o');
    page.button('The piece begins');
    const value = (name: string): string => (page.find(`input[name=${name}]`) as HTMLInputElement).value;
    expect([value('from'), value('to')]).toEqual(['1:00', '1:15']);
    await press('x');
    expect(page.buttons()).not.toContain('The piece begins');
  });

  it('goes on where the viewer was, on any device', async () => {
    const page = await open();
    page.answer('/api/videos/7', aVideo());
    await page.settle();
    page.answer('/api/videos/7/position', { videoId: 7, seconds: 95, at: '2026-12-01T00:00:00.000Z' });
    await page.settle();
    expect((page.find('video.active') as HTMLVideoElement).currentTime).toBe(95);
  });

  it('points to the recordings where there is no such video', async () => {
    const page = await open();
    page.answer('/api/videos/7', { title: 'There is no such video', detail: 'None has the id 7.', code: 'x' }, 404);
    await page.settle();
    expect(page.text).toContain('There is no such video');
    expect(page.text).toContain('until then it can be watched under All recordings');
    expect(page.buttons()).not.toContain('Try again');
  });
});
