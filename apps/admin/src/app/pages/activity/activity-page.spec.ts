import { describe, expect, it } from '@jest/globals';
import { openPage } from '../../../../testing/page';
import ActivityPage from './activity-page';

describe('the Activity page', () => {
  const open = () => openPage('/activity', 'activity', ActivityPage);
  const item = {
    recordingId: 4,
    streamerName: 'Harbour camera',
    name: 'thumbnail',
    attempts: 1,
    error: null,
    retryAt: null,
  };

  it('says that all is done', async () => {
    const page = await open();
    page.answer('/api/queue', { items: [], nextCursor: null });
    await page.settle();
    expect(page.text).toContain('Nothing runs, nothing waits, and nothing has failed.');
  });

  it('tells apart what runs, waits and failed, and why it failed', async () => {
    const page = await open();
    const items = [
      { ...item, state: 'failed', error: 'No frame could be decoded.' },
      { ...item, recordingId: 5, state: 'running' },
      { ...item, recordingId: 6, name: 'publish', state: 'waiting' },
    ];
    page.answer('/api/queue', { items, nextCursor: null });
    await page.settle();
    const headings = [...page.element.querySelectorAll('h2')].map((heading) => heading.textContent.trim());
    expect(headings).toEqual(['Running (1)', 'Waiting (1)', 'Failed (1)']);
    expect(page.find('[data-testid=queue-4-thumbnail]').textContent).toContain('No frame could be decoded.');
  });

  it('tries a failed step again', async () => {
    const page = await open();
    page.answer('/api/queue', { items: [{ ...item, state: 'failed', error: 'x' }], nextCursor: null });
    await page.settle();
    page.button('Retry Thumbnail of Harbour camera').click();
    page.answer('/api/recordings/4/steps/thumbnail/retry', {});
    await page.asked('/api/queue');
    page.answer('/api/queue', { items: [], nextCursor: null });
    await page.settle();
  });
});
