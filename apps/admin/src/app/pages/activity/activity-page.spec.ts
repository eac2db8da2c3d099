import { describe, expect, it } from '@jest/globals';
import { aStreamer, anEvent } from '../../../../testing/fixtures';
import { openPage } from '../../../../testing/page';
import ActivityPage from './activity-page';

describe('the Activity page', () => {
  const open = (address = '/activity') => openPage(address, 'activity', ActivityPage);
  const item = {
    recordingId: 4,
    streamerName: 'Harbour camera',
    name: 'thumbnail',
    attempts: 1,
    error: null,
    retryAt: null,
    waitingFor: null,
    progress: null,
    secondsLeft: null,
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

  it('tells how far each step is, how long it still takes, and what the others wait for', async () => {
    const page = await open();
    const items = [
      { ...item, state: 'running', progress: 0.424, secondsLeft: 39.2 },
      { ...item, recordingId: 5, name: 'storyboard', state: 'running', attempts: 2 },
      { ...item, recordingId: 6, name: 'publish', state: 'waiting', waitingFor: 'Step verify comes first.' },
      { ...item, recordingId: 7, name: 'publish', state: 'blocked', waitingFor: 'Step join comes first.' },
    ];
    page.answer('/api/queue', { items, nextCursor: null });
    await page.settle();
    const words = (id: string): string => page.find(`[data-testid=queue-${id}]`).textContent.replaceAll(/\s+/g, ' ');
    expect(words('4-thumbnail')).toContain('42 % · about 40 s left');
    expect(words('5-storyboard')).toContain('attempt 2');
    expect(words('6-publish')).toContain('Step verify comes first.');
    expect(words('7-publish')).toContain('Step join comes first.');
    const bars = [...page.element.querySelectorAll('[role=progressbar]')];
    expect(bars.map((bar) => [bar.getAttribute('aria-label'), bar.getAttribute('aria-valuenow')])).toEqual([
      ['Thumbnail of Harbour camera', '42'],
      ['Storyboard of Harbour camera', null],
    ]);
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
    const page = await open('/activity?tab=jobs');
    page.answer('/api/queue', { items: [], nextCursor: null });
    await page.settle();
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
    const daily = { schedule: { kind: 'cron', expression: '30 4 * * *' }, timeZone: 'Europe/Berlin' };
    page.answer('/api/jobs', {
      items: [job, { ...job, ...daily, name: 'b', title: 'Another', paused: true, lastRun: null }],
    });
    await page.settle();
    expect(page.find('[data-testid=job-b]').textContent).toContain('Paused (daily at 04:30, Europe/Berlin)');
    expect(page.find('[data-testid=job-empty-bin]').textContent).toMatch(/3 videos were removed\. \(2 s\).*Next:/s);
    expect(page.find('[data-testid=job-b]').textContent).toMatch(/Has not run yet\..*Paused/s);
    page.button('Run now: Empty the bin').click();
    expect(page.answer('/api/jobs/empty-bin/run', {}).request.method).toBe('POST');
    await page.asked('/api/jobs');

    page.answer('/api/jobs', { items: [{ ...job, requested: true }] });
    await page.settle();
    page.feed.event(anEvent('JobSucceeded', {}, { stream: 'job-empty-bin' }));
    await page.asked('/api/jobs');
    page.answer('/api/jobs', { items: [job] });
    await page.settle();
    await page.press('Change the schedule of Empty the bin');
    await page.type('input[name=schedule]', 'soon');
    page.find('sv-job-list form').dispatchEvent(new Event('submit', { cancelable: true }));
    await page.settle();
    expect(page.find('[role=alert]').textContent).toContain('04:30');
    await page.type('input[name=schedule]', '04:30');
    page.find('sv-job-list form').dispatchEvent(new Event('submit', { cancelable: true }));
    await page.settle();
    const { request } = page.answer('/api/jobs/empty-bin', job);
    expect([request.method, request.body]).toEqual(['PATCH', { schedule: { kind: 'cron', expression: '30 4 * * *' } }]);
  });

  it('shows what was not recorded of all streamers and why, further back, and of one', async () => {
    const page = await open('/activity?tab=detections');
    page.answer('/api/queue', { items: [], nextCursor: null });
    await page.settle();
    page.answer('/api/streamers', {
      items: [aStreamer({ id: 1 }), aStreamer({ id: 2, name: 'Pier' })],
      nextCursor: null,
    });
    const detection = (broadcastId: number, more: object = {}) => ({
      broadcastId,
      streamerId: 2,
      streamerName: 'Pier',
      startedAt: '2026-11-22T21:00:00Z',
      endedAt: null,
      noticedBy: 'helix',
      title: null,
      category: null,
      isRecorded: false,
      recordingId: null,
      decision: 'skip',
      rule: null,
      why: { code: 'x', message: 'Automatic recording is off.' },
      ...more,
    });
    const asked = () => page.askedFor('/api/detections');
    expect(asked()).toEqual(['/api/detections?recorded=false&limit=50']);
    page.answer('/api/detections', { items: [detection(9)], nextCursor: 'more' });
    await page.settle();
    expect(page.find('[data-testid=detections]').textContent).toMatch(/Pier.*Automatic recording is off\./s);

    await page.press('Load more');
    page.answer('/api/detections', { items: [detection(9)], nextCursor: 'more' });
    expect(asked()).toEqual(['/api/detections?recorded=false&limit=50&cursor=more']);
    page.answer('/api/detections', { items: [detection(3, { streamerName: null })], nextCursor: null });
    await page.settle();
    expect(document.querySelectorAll('sv-detection-row')).toHaveLength(2);
    expect(page.text).toContain('A streamer that was removed');

    page.feed.event(anEvent('RecordingDecided', {}, { stream: 'broadcast-9' }));
    await page.asked('/api/detections');
    page.answer('/api/detections', { items: [], nextCursor: null });
    await page.settle();
    expect(page.text).toContain('Every detected broadcast was recorded.');

    const [, who] = document.querySelectorAll<HTMLSelectElement>('.filters select');
    who!.value = '2';
    who!.dispatchEvent(new Event('change'));
    await page.settle();
    expect(asked()).toEqual(['/api/detections?streamerId=2&recorded=false&limit=50']);
    page.answer('/api/detections', { items: [], nextCursor: null });
    await page.settle();
    expect(page.text).toContain('There is no such broadcast.');
  });
});
