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
    page.answer('/api/jobs', { items: [] });
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
    expect(headings).toEqual(['Running (1)', 'Waiting (1)', 'Failed (1)', 'Jobs']);
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

  it('tells when each job ran, what came of it and when it runs next, and runs one now', async () => {
    const page = await open();
    const schedule = { kind: 'every', seconds: 3600 };
    const job = {
      name: 'empty-bin',
      title: 'Empty the bin',
      schedule,
      ownSchedule: schedule,
      timeZone: 'UTC',
      paused: false,
      running: null,
      requested: false,
      nextRunAt: '2026-11-30T04:00:00.000Z',
      lastRun: {
        startedAt: '2026-11-29T04:00:00.000Z',
        endedAt: '2026-11-29T04:00:02.000Z',
        seconds: 2,
        trigger: 'schedule',
        by: 'scheduler',
        outcome: 'succeeded',
        summary: '3 videos were removed.',
        figures: {},
        failure: null,
      },
    };
    page.answer('/api/jobs', { items: [job, { ...job, name: 'b', title: 'Another', paused: true, lastRun: null }] });
    await page.settle();
    expect(page.find('[data-testid=job-empty-bin]').textContent).toMatch(/3 videos were removed\. \(2 s\).*Next:/s);
    expect(page.find('[data-testid=job-b]').textContent).toMatch(/Has not run yet\..*Paused/s);
    page.button('Run now: Empty the bin').click();
    expect(page.answer('/api/jobs/empty-bin/run', {}).request.method).toBe('POST');
    await page.asked('/api/jobs');
  });
});
