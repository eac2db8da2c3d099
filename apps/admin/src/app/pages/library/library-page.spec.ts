import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Video } from '@streamvault/api-contract';
import { aVideo, anEvent } from '../../../../testing/fixtures';
import { type OpenPage, openPage } from '../../../../testing/page';
import LibraryPage from './library-page';

describe('the Library', () => {
  const api = '/api/videos';
  // Nothing is laid out here: the window is as high as it says it is.
  beforeAll(() => {
    Object.defineProperty(document.documentElement, 'clientHeight', { value: 800, configurable: true });
  });

  const open = (path = '/library'): Promise<OpenPage> => openPage(path, 'library', LibraryPage);
  const answerOf = (items: Video[], nextCursor: string | null = null, videos = items.length) => ({
    items,
    nextCursor,
    total: { videos, bytes: videos * 2.4e9 },
  });
  async function show(items: Video[], path?: string): Promise<OpenPage> {
    const page = await open(path);
    page.answer(api, answerOf(items));
    page.answer('/api/streamers', { items: [], nextCursor: null });
    await page.settle();
    await page.settle();
    return page;
  }
  const kept = () => document.querySelectorAll('[data-testid^=video-] .sign sv-icon');
  const shown = (): (string | undefined)[] =>
    [...document.querySelectorAll<HTMLElement>('sv-video-card')].map(({ dataset }) => dataset['testid']);
  const some = (count: number): Video[] =>
    Array.from({ length: count }, (_, index) =>
      aVideo({ id: index + 1, recordingId: null, title: `Video ${index + 1}` }),
    );

  it('shows each video with its picture, length and size, and how many there are', async () => {
    const page = await show([aVideo()]);
    const card = page.find('[data-testid=video-7]');
    expect(card.querySelector('img')?.getAttribute('src')).toBe('/api/videos/7/thumbnail');
    expect(card.textContent).toContain('1:02:03');
    expect(card.textContent).toContain('2.40 GB');
    expect(page.link('Ferries at dusk').getAttribute('href')).toBe('/recordings/3');
    expect(page.find('[data-testid=total]').textContent.trim()).toBe('1 video, 2.40 GB');
  });

  it('says on the card that not all of it was captured', async () => {
    const cause = { code: 'x', message: 'The network was down.' };
    const gap = { from: '2026-11-21T18:00:10Z', to: '2026-11-21T18:05:00Z', seconds: 300, cause };
    const page = await show([aVideo({ durationSeconds: 3000, gaps: [gap] })]);
    expect(page.find('[data-testid=video-7] .signs').textContent).toContain('90.9 %');
  });

  it('puts a placeholder where the thumbnail is missing, until it has been taken', async () => {
    const page = await show([aVideo()]);
    page.find('img').dispatchEvent(new Event('error'));
    await page.settle();
    page.find('[data-testid=thumbnail-placeholder]');
    page.feed.event(anEvent('StepSucceeded', { name: 'thumbnail' }));
    await page.asked(api);
    page.answer(api, answerOf([aVideo()]));
    await page.settle();
    expect(page.find('[data-testid=video-7] img').getAttribute('src')).toBe('/api/videos/7/thumbnail');
  });

  it('searches when the typing pauses, and keeps the words in the address', async () => {
    const page = await show([aVideo()]);
    await page.type('input[type=search]', 'fer');
    await page.type('input[type=search]', 'ferry');
    await page.asked(api);
    expect(page.askedFor(api)).toEqual([`${api}?q=ferry&sort=-recordedAt&limit=96`]);
    page.answer(api, answerOf([]));
    await page.settle();
    expect(page.text).toContain('Nothing found for “ferry”.');
  });

  it('asks as the address says, and takes nonsense in it for nothing', async () => {
    const page = await open('/library?sort=-bytes&gaps=yes&length=long&streamer=x');
    expect(page.askedFor(api)).toEqual([`${api}?minSeconds=7200&hasGaps=true&sort=-bytes&limit=96`]);
    page.answer(api, answerOf([]));
    await page.settle();
    expect(page.text).toContain('No video fits these filters.');
    await page.press('Clear filters');
    await page.asked(api);
    expect(page.askedFor(api)).toEqual([`${api}?sort=-bytes&limit=96`]);
  });

  it('fetches the next page where the end of the last one is to be seen', async () => {
    const page = await open();
    page.answer(api, answerOf(some(3), 'next', 5));
    await page.asked(api);
    expect(page.askedFor(api)).toEqual([`${api}?sort=-recordedAt&limit=96&cursor=next`]);
    page.answer(api, answerOf(some(5).slice(3), null, 5));
    await page.settle();
    await page.settle();
    expect(document.querySelectorAll('sv-video-card')).toHaveLength(5);
    expect(page.askedFor(api)).toEqual([]);
  });

  it('draws only what is to be seen of many', async () => {
    const page = await open();
    page.answer(api, answerOf(some(96), 'next', 100_000));
    await page.settle();
    await page.settle();
    const drawn = document.querySelectorAll('sv-video-card').length;
    expect(drawn).toBeGreaterThan(0);
    expect(drawn).toBeLessThan(96);
    expect(page.find('[data-testid=total]').textContent).toContain('100,000 videos');
    expect(page.find('[role=listitem]').getAttribute('aria-setsize')).toBe('100000');
  });

  it('chooses several with the shift key, and does with all of them what is asked', async () => {
    const page = await show(some(3));
    const box = (number: number): HTMLElement => page.find(`input[aria-label="Choose Video ${number}"]`);
    box(1).click();
    box(3).dispatchEvent(new MouseEvent('click', { shiftKey: true, bubbles: true }));
    await page.settle();
    expect(page.find('[data-testid=bulk]').textContent).toContain('3 chosen, 7.20 GB');
    await page.press('Keep');
    const { request } = page.answer(`${api}/bulk/change`, { done: [1, 2, 3], failed: [] });
    expect(request.body).toEqual({ videoIds: [1, 2, 3], protected: true });
    await page.settle();
    expect(kept()).toHaveLength(3);
    await page.press('Undo');
    await page.asked(`${api}/bulk/change`);
    expect(page.answer(`${api}/bulk/change`, { done: [1, 2, 3], failed: [] }).request.body).toEqual({
      videoIds: [1, 2, 3],
      protected: false,
    });
    await page.settle();
    expect(kept()).toHaveLength(0);
  });

  it('moves several to the bin in one request, says what was refused, and puts them back when it is taken back', async () => {
    const page = await show(some(3));
    for (const number of [1, 2, 3]) page.find(`input[aria-label="Choose Video ${number}"]`).click();
    await page.settle();
    await page.press('Move to bin');
    const failed = [{ videoId: 2, code: 'video.moving', message: 'It is being moved.' }];
    const { request } = page.answer(`${api}/bulk/delete`, { done: [1, 3], failed });
    expect(request.body).toEqual({ videoIds: [1, 2, 3] });
    await page.settle();
    expect(shown()).toEqual(['video-2']);
    expect(page.find('[data-testid=total]').textContent).toContain('1 video,');
    expect(document.body.textContent).toContain('2 videos are in the bin. 1 refused: It is being moved.');
    await page.press('Undo');
    await page.asked(`${api}/bulk/restore`);
    expect(page.answer(`${api}/bulk/restore`, { done: [1, 3], failed: [] }).request.body).toEqual({ videoIds: [1, 3] });
    await page.settle();
    expect(shown().toSorted()).toEqual(['video-1', 'video-2', 'video-3']);
  });

  it('begins a row with each day in the order of time, and not in another', async () => {
    const days = (): (string | null)[] => [...document.querySelectorAll('.day')].map(({ textContent }) => textContent);
    const at = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString();
    const videos = some(3).map((video, index) => ({ ...video, recordedAt: at(20 - Math.floor(index / 2), 9) }));
    const page = await show(videos);
    expect(days()).toHaveLength(2);
    expect(days()[0]).toMatch(/20.*2026|2026.*20/);
    expect([...document.querySelectorAll('[role=listitem]')].map((item) => item.getAttribute('aria-posinset'))).toEqual(
      ['1', '2', '3'],
    );
    const select = document.querySelector<HTMLSelectElement>('.sort select');
    select!.value = '-bytes';
    select!.dispatchEvent(new Event('change'));
    await page.asked(api);
    page.answer(api, answerOf(videos));
    await page.settle();
    expect(days()).toEqual([]);
  });

  it('fetches alone what changes, and lets go what is in the bin', async () => {
    const page = await show(some(2));
    page.feed.event(anEvent('VideoBinned', {}, { stream: 'video-1' }));
    await page.asked(`${api}/1`);
    const bin = {
      by: 'ada',
      rule: null,
      at: '2026-11-22T21:00:00Z',
      bytes: 1,
      purgeAfter: '2026-11-29T21:00:00Z',
      failure: null,
    };
    page.answer(`${api}/1`, { ...some(1)[0], bin });
    await page.settle();
    expect(document.querySelector('[data-testid=video-1]')).toBeNull();
    page.find('[data-testid=video-2]');
  });

  it('says that there is nothing yet', async () => {
    expect((await show([])).text).toContain('No videos yet.');
  });
});
