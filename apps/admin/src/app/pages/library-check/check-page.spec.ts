import { describe, expect, it } from '@jest/globals';
import type { ConsistencyReport, MendReport } from '@streamvault/api-contract';
import { type OpenPage, openPage } from '../../../../testing/page';
import CheckPage from './check-page';

describe('the page of library and disk', () => {
  const api = '/api/library/consistency';
  const whole: ConsistencyReport = {
    videos: 4,
    missing: [],
    changed: [],
    unknown: [],
    leftovers: [],
    unreadable: [],
  };
  const drifted: ConsistencyReport = {
    ...whole,
    missing: [{ videoId: 2, file: 'a.mp4' }],
    leftovers: [{ file: 'b.info.json', files: ['b.info.json', 'b.jpg'], bytes: 2000 }],
  };
  const done: MendReport = { dryRun: true, binned: [], measured: [], removed: [], left: [] };

  async function compared(report: ConsistencyReport): Promise<OpenPage> {
    const page = await openPage('/library/check', 'library/check', CheckPage);
    await page.press('Compare now');
    page.answer(api, report);
    await page.settle();
    return page;
  }

  it('says that all is well', async () => {
    const page = await compared(whole);
    expect(page.text).toContain('4 videos compared with the disk: all of them agree with their files.');
    expect(page.buttons()).not.toContain('Show what would be done');
  });

  it('shows what would be done, and does exactly that when it is told to', async () => {
    const page = await compared(drifted);
    expect(page.text).toContain('Videos whose file is missing (1)');
    await page.press('Show what would be done');
    const preview = page.answer(`${api}/mend`, { ...done, binned: drifted.missing });
    // What is removed for good is never chosen beforehand.
    expect(preview.request.body).toEqual({ dryRun: true, missing: true, changed: false, leftovers: false });
    await page.settle();
    expect(page.find('[data-testid=mended]').textContent).toContain('Records that would go to the bin (1)');
    await page.press('Mend');
    const mended = page.answer(`${api}/mend`, { ...done, dryRun: false, binned: drifted.missing });
    expect(mended.request.body).toEqual({ dryRun: false, missing: true, changed: false, leftovers: false });
    await page.settle();
    page.answer(api, whole);
    await page.settle();
    expect(page.find('[data-testid=mended]').textContent).toContain('Records that went to the bin (1)');
    expect(page.text).toContain('all of them agree');
  });

  it('asks before it removes anything for good', async () => {
    const page = await compared(drifted);
    for (const box of document.querySelectorAll<HTMLInputElement>('.remedy input')) box.click();
    await page.settle();
    await page.press('Show what would be done');
    page.answer(`${api}/mend`, { ...done, removed: ['b.info.json', 'b.jpg'] });
    await page.settle();
    await page.press('Mend');
    await page.until('it was asked', () => page.buttons().includes('Remove them'));
    expect(document.body.textContent).toContain('Remove 2 files for good?');
    expect(page.waiting()).toEqual([]);
    await page.press('Remove them');
    await page.asked(`${api}/mend`);
    expect(page.answer(`${api}/mend`, done).request.body).toMatchObject({ dryRun: false, leftovers: true });
  });

  it('lists fifty of a hundred thousand', async () => {
    const missing = Array.from({ length: 100_000 }, (_, videoId) => ({ videoId: videoId + 1, file: `${videoId}.mp4` }));
    const page = await compared({ ...whole, videos: 100_000, missing });
    expect(document.querySelectorAll('sv-file-findings li')).toHaveLength(50);
    page.button('Show more (99,950)');
  });
});
