import { describe, expect, it } from '@jest/globals';
import { type OpenPage, openPage } from '../../../../testing/page';
import StatisticsPage from './statistics-page';

describe('the Statistics page', () => {
  const api = '/api/library/statistics';
  const figures = (videos: number) => ({
    videos,
    seconds: videos * 1800,
    bytes: videos * 1e9,
    gaps: 1,
    gapSeconds: 200,
  });
  const one = { streamerId: 1, streamerName: 'Harbour camera', firstAt: '2026-09-01', lastAt: '2026-11-01' };
  const answer = {
    total: figures(6),
    streamers: [
      { ...one, ...figures(4) },
      { ...one, streamerId: 2, streamerName: 'Chess', ...figures(2) },
    ],
    months: [
      { month: '2026-09', ...figures(4) },
      { month: '2026-11', ...figures(2) },
    ],
  };
  async function open(path = '/library/statistics', body: object = answer): Promise<OpenPage> {
    const page = await openPage(path, 'library/statistics', StatisticsPage);
    page.answer('/api/streamers', { items: [{ id: 2, name: 'Chess' }], nextCursor: null });
    page.answer(api, body);
    await page.settle();
    return page;
  }

  it('counts by month, those without a recording too, and by streamer', async () => {
    const page = await open();
    expect(page.find('[data-testid=totals]').textContent).toContain('3 h');
    const [months, streamers] = [...document.querySelectorAll('tbody')].map((body) =>
      [...body.rows].map((row) =>
        [...row.cells].map(({ textContent }) => textContent.replaceAll(/\s+/g, ' ').trim()).join(' '),
      ),
    );
    expect(months).toHaveLength(3);
    expect(months?.[0]).toMatch(/2026 1 h 2 2\.00 GB 94\.7 % 1$/);
    expect(months?.[1]).toMatch(/2026 0 min 0 0 B/);
    expect(streamers?.map((row) => row.split(' ')[0])).toEqual(['Harbour', 'Chess']);
    expect(document.querySelector('.bar span')?.getAttribute('style')).toContain('50%');
  });

  it('counts one streamer by the address', async () => {
    const page = await openPage('/library/statistics?streamer=2', 'library/statistics', StatisticsPage);
    expect(page.askedFor(api)).toEqual([`${api}?streamerId=2`]);
    page.answer(api, answer);
    await page.settle();
    expect(document.querySelectorAll('table')).toHaveLength(1);
  });

  it('says that there is nothing yet, and what went wrong', async () => {
    const page = await open('/library/statistics', {
      total: { videos: 0, seconds: 0, bytes: 0, gaps: 0, gapSeconds: 0 },
      streamers: [],
      months: [],
    });
    expect(page.text).toContain('Nothing to count yet.');
  });
});
