import { describe, expect, it } from '@jest/globals';
import { aStreamer } from '../../../../testing/fixtures';
import { openPage } from '../../../../testing/page';
import StreamersPage from './streamers-page';

describe('the Streamers page', () => {
  const api = '/api/streamers';
  const open = () => openPage('/streamers', 'streamers', StreamersPage);

  it('lists those on air first, then by name', async () => {
    const page = await open();
    const items = [
      aStreamer({ id: 1, name: 'Zebra', isLive: false }),
      aStreamer({ id: 2, name: 'Yak', isLive: true }),
      aStreamer({ id: 3, name: 'Ant', isLive: null }),
    ];
    page.answer(api, { items, nextCursor: null });
    await page.settle();
    const names = [...page.element.querySelectorAll('h3')].map((heading) => heading.textContent.trim());
    expect(names).toEqual(['Yak', 'Ant', 'Zebra']);
  });

  it('says what to do where there are none', async () => {
    const page = await open();
    page.answer(api, { items: [], nextCursor: null });
    await page.settle();
    expect(page.text).toContain('Add the first by its address.');
    expect(page.buttons()).toEqual(['Add a streamer']);
  });
});
