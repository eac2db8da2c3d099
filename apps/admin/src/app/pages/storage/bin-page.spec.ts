import { describe, expect, it } from '@jest/globals';
import { aVideo } from '../../../../testing/fixtures';
import { openPage } from '../../../../testing/page';
import BinPage from './bin-page';

describe('the Bin', () => {
  const api = '/api/cleanup/bin';
  const open = () => openPage('/storage/bin', 'storage/bin', BinPage);
  const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
  const binned = (change = {}) =>
    aVideo({
      bin: {
        by: 'api',
        rule: null,
        at: inDays(-1),
        bytes: 2_400_000_000,
        purgeAfter: inDays(6.5),
        failure: null,
        ...change,
      },
    });

  it('tells what is in it, by whom or which rule, and for how long', async () => {
    const page = await open();
    page.answer(api, { items: [binned(), { ...binned({ rule: 'older than 30 days' }), id: 8 }], nextCursor: null });
    await page.settle();
    expect(page.text).toContain('2 videos, 4.80 GB');
    expect(page.find('[data-testid=binned-7]').textContent).toMatch(/deleted by hand.*6 d 1[12] h left/s);
    expect(page.find('[data-testid=binned-8]').textContent).toContain('rule: older than 30 days');
  });

  it('restores', async () => {
    const page = await open();
    page.answer(api, { items: [binned()], nextCursor: null });
    await page.settle();
    page.button('Restore Ferries at dusk').click();
    page.answer('/api/videos/7/restore', aVideo());
    await page.asked(api);
    page.answer(api, { items: [], nextCursor: null });
    await page.settle();
    expect(page.text).toContain('The bin is empty.');
  });

  it('says why something could not be removed', async () => {
    const page = await open();
    const failure = { code: 'disk.denied', message: 'The folder is read-only.' };
    page.answer(api, { items: [binned({ failure })], nextCursor: null });
    await page.settle();
    expect(page.find('[data-testid=binned-7]').textContent).toContain('The folder is read-only.');
  });
});
