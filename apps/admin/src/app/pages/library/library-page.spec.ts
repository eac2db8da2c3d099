import { describe, expect, it } from '@jest/globals';
import { aVideo, anEvent } from '../../../../testing/fixtures';
import { type OpenPage, openPage } from '../../../../testing/page';
import LibraryPage from './library-page';

describe('the Library', () => {
  const api = '/api/videos';
  const open = (path = '/library'): Promise<OpenPage> => openPage(path, 'library', LibraryPage);

  it('shows each video with its picture, length and size', async () => {
    const page = await open();
    page.answer(api, { items: [aVideo()], nextCursor: null });
    await page.settle();
    const card = page.find('[data-testid=video-7]');
    expect(card.querySelector('img')?.getAttribute('src')).toBe('/api/videos/7/thumbnail');
    expect(card.textContent).toContain('1:02:03');
    expect(card.textContent).toContain('2.40 GB');
    expect(page.link('Ferries at dusk').getAttribute('href')).toBe('/videos/7');
  });

  it('puts a placeholder where the thumbnail is missing', async () => {
    const page = await open();
    page.answer(api, { items: [aVideo()], nextCursor: null });
    await page.settle();
    page.find('img').dispatchEvent(new Event('error'));
    await page.settle();
    expect(page.element.querySelector('img')).toBeNull();
    page.find('[data-testid=thumbnail-placeholder]');
  });

  it('shows the picture that was missing as soon as it has been taken', async () => {
    const page = await open();
    page.answer(api, { items: [aVideo()], nextCursor: null });
    await page.settle();
    page.find('img').dispatchEvent(new Event('error'));
    await page.settle();
    page.feed.event(anEvent('StepSucceeded', { name: 'thumbnail' }));
    await page.asked(api);
    page.answer(api, { items: [aVideo()], nextCursor: null });
    await page.settle();
    expect(page.find('[data-testid=video-7] img').getAttribute('src')).toBe('/api/videos/7/thumbnail');
  });

  it('searches when the typing pauses, and keeps the words in the address', async () => {
    const page = await open();
    page.answer(api, { items: [aVideo()], nextCursor: null });
    await page.settle();
    await page.type('input[type=search]', 'fer');
    await page.type('input[type=search]', 'ferry');
    await page.asked(api);
    expect(page.askedFor(api)).toEqual([`${api}?q=ferry&sort=-recordedAt&limit=48`]);
    page.answer(api, { items: [], nextCursor: null });
    await page.settle();
    expect(page.text).toContain('Nothing found for “ferry”.');
  });

  it('sorts as the address says, and by the newest where it says nonsense', async () => {
    expect((await open('/library?sort=-bytes')).askedFor(api)).toEqual([`${api}?sort=-bytes&limit=48`]);
  });

  it('takes nonsense in the address for nothing', async () => {
    expect((await open('/library?sort=drop-table')).askedFor(api)).toEqual([`${api}?sort=-recordedAt&limit=48`]);
  });

  it('says that there is nothing yet', async () => {
    const page = await open();
    page.answer(api, { items: [], nextCursor: null });
    await page.settle();
    expect(page.text).toContain('No videos yet.');
  });
});
