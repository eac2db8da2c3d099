import { afterEach, describe, expect, it } from '@jest/globals';
import type { DiskHealth } from '@streamvault/api-contract';
import { aDisk, aRecording, aStreamer, aVideo, anEvent } from '../../../../testing/fixtures';
import { type OpenPage, openPage } from '../../../../testing/page';
import NowPage from './now-page';

describe('the Now page', () => {
  let page: OpenPage;
  /** What lies ahead is asked for too, and has a test of its own. */
  const waiting = (): string[] => page.waiting().filter((path) => path !== '/api/preflight');
  afterEach(() => expect(waiting()).toEqual([]));

  const noDemo = { available: false, reason: 'ffmpeg was not found.', streamerId: null };
  const withDemo = { available: true, reason: null, streamerId: null };

  interface Answers {
    streamers?: object[];
    recordings?: object[];
    demo?: object;
    failed?: object[];
    videos?: object[];
  }
  async function open(answers: Answers = {}): Promise<void> {
    page = await openPage('/now', 'now', NowPage);
    answerAll(answers);
    await page.settle();
  }
  function answerAll({ streamers = [], recordings = [], demo = noDemo, failed = [], videos = [] }: Answers): void {
    page.answer('/api/streamers', { items: streamers, nextCursor: null });
    page.answer('/api/recordings', { items: recordings, nextCursor: null });
    page.answer('/api/demo', demo);
    page.answer('/api/recordings', { items: failed, nextCursor: null });
    page.answer('/api/videos', { items: videos, nextCursor: null });
  }

  it('asks the newcomer to add a streamer, and says plainly what the demo is', async () => {
    await open({ demo: withDemo });
    expect(page.text).toContain('Nothing to record yet');
    expect(page.text).toContain('this server makes itself');
    expect(page.buttons()).toEqual(['Add a streamer', 'Try the demo']);
  });

  it('says why there is no demo where it cannot be made', async () => {
    await open();
    expect(page.text).toContain('There is no demo here: ffmpeg was not found.');
    expect(page.buttons()).not.toContain('Try the demo');
  });

  it('adds the demo streamer and shows it', async () => {
    await open({ demo: withDemo });
    page.button('Try the demo').click();
    const demo = aStreamer({ id: 9, name: 'Demo channel', platform: 'demo' });
    expect(page.answer('/api/demo', demo).request.method).toBe('POST');
    await page.settle();
    page.answer('/api/streamers', { items: [demo], nextCursor: null });
    page.answer('/api/demo', { ...withDemo, streamerId: 9 });
    await page.settle();
    expect(page.find('[data-testid=streamer-9]').textContent).toContain('Demo, made by this server');
    expect(page.buttons()).toContain('Record Demo channel');
  });

  it('says of a streamer what is not as for all', async () => {
    const plain = aStreamer({ id: 4 });
    await open({ streamers: [plain, aStreamer({ id: 5, ads: 'keep', proxies: ['ams', 'direct'] })] });
    const row = (id: number): string => page.find(`[data-testid=streamer-${id}]`).textContent;
    expect(row(4)).not.toMatch(/Advertising|Route/);
    expect(row(5)).toMatch(/Advertising kept in.*Route: ams, then directly/s);
    expect(page.find('[data-testid=streamer-5] h3 a').getAttribute('href')).toBe('/streamers/5');
  });

  it('starts a recording once, however often the button is pressed', async () => {
    await open({ streamers: [aStreamer({ id: 5 })] });
    page.button('Record Harbour camera').click();
    page.button('Record Harbour camera').click();
    page.answer('/api/recording/start/5', { recordingId: 3, streamerId: 5, state: 'requested' });
    await page.settle();
    page.answer('/api/streamers', { items: [aStreamer({ id: 5, activeRecordingId: 3 })], nextCursor: null });
    page.answer('/api/recordings', { items: [aRecording({ state: 'requested', bytes: 0 })], nextCursor: null });
    await page.settle();
    expect(page.find('[data-testid=recording-3]').textContent).toContain('Requested');
    expect(page.buttons()).not.toContain('Record Harbour camera');
  });

  it('says in words what the server refuses', async () => {
    await open({ streamers: [aStreamer({ id: 5 })] });
    page.button('Record Harbour camera').click();
    const refusal = { title: 'It is recording already', detail: 'Recording 12 has not ended.', code: 'x' };
    page.answer('/api/recording/start/5', refusal, 409);
    await page.settle();
    expect(document.body.textContent).toContain('It is recording already. Recording 12 has not ended.');
    expect(page.button('Record Harbour camera').disabled).toBe(false);
  });

  it('moves bytes, rate and age with the progress of the feed, without asking again', async () => {
    await open({ streamers: [aStreamer({ activeRecordingId: 3 })], recordings: [aRecording()] });
    page.feed.open();
    const figures = { recordingId: 3, bytes: 96_000_000, durationSeconds: 128, segments: 64, bytesPerSecond: 750_000 };
    const trouble = { gapSeconds: 0, adSeconds: 0, stallSeconds: 0, retries: 0, reResolves: 0 };
    const quiet = { ...trouble, capturedRatio: 1, advertisingSince: null, stalledSince: null };
    page.feed.progress({ recordings: [{ ...figures, ...quiet, lastByteAt: null, lastByteAgeSeconds: 2 }] });
    await page.settle();
    expect(page.find('[data-testid=bytes]').textContent).toBe('96.0 MB');
    expect(page.find('[data-testid=rate]').textContent).toBe('6.00 Mbit/s');
    expect(page.find('[data-testid=last-byte]').textContent).toBe('2 s ago');
    expect(page.find('[data-testid=duration]').textContent).toContain('2:08');
  });

  it('shows what is recorded right now as soon as there is something, and does not insist where there is no picture', async () => {
    const recordings = [aRecording(), aRecording({ id: 4, playable: false })];
    await open({ streamers: [aStreamer({ activeRecordingId: 3 })], recordings });
    const picture = (id: number) => page.element.querySelector(`[data-testid=recording-${id}] img`);
    expect(picture(3)?.getAttribute('src')).toMatch(/^\/api\/recordings\/3\/thumbnail\b/);
    expect(picture(4)).toBeNull();
    picture(3)?.dispatchEvent(new Event('error'));
    await page.settle();
    expect(picture(3)).toBeNull();
  });

  it('stops what is being recorded, at the latest when the page closes', async () => {
    await open({ streamers: [aStreamer({ activeRecordingId: 3 })], recordings: [aRecording()] });
    page.button('Stop recording Harbour camera').click();
    await page.settle();
    expect(waiting()).toEqual([]);
    expect(page.button('Stop recording Harbour camera').disabled).toBe(true);
    window.dispatchEvent(new Event('pagehide'));
    await page.asked('/api/recording/stop/1');
    const stop = page.answer('/api/recording/stop/1', { recordingId: 3, streamerId: 1, state: 'finalizing' });
    expect(stop.request.method).toBe('POST');
    await page.settle();
  });

  it('takes a stop back', async () => {
    await open({ streamers: [aStreamer({ activeRecordingId: 3 })], recordings: [aRecording()] });
    page.button('Stop recording Harbour camera').click();
    await page.until('it can be taken back', () => page.buttons().includes('Undo'));
    await page.press('Undo');
    await page.until('the button is there again', () => !page.button('Stop recording Harbour camera').disabled);
    expect(waiting()).toEqual([]);
  });

  it('keeps a stop for a server that does not answer, says so, and sends it when it does', async () => {
    await open({ streamers: [aStreamer({ activeRecordingId: 3 })], recordings: [aRecording()] });
    page.button('Stop recording Harbour camera').click();
    await page.settle();
    window.dispatchEvent(new Event('pagehide'));
    await page.asked('/api/recording/stop/1');
    page.fail('/api/recording/stop/1');
    await page.until('it was said', () => document.body.textContent.includes('is not stopped yet'));
    expect(document.body.textContent).toContain('The stop is sent as soon as it does');
    expect(page.button('Stop recording Harbour camera').disabled).toBe(true);
    await page.asked('/api/recordings/3');
    page.answer('/api/recordings/3', aRecording());
    await page.asked('/api/recording/stop/1');
    page.answer('/api/recording/stop/1', { recordingId: 3, streamerId: 1, state: 'finalizing' });
    await page.until('it was said', () => document.body.textContent.includes('Harbour camera is stopped.'));
  });

  it('does not send a stop that waited to a recording that was not meant', async () => {
    await open({ streamers: [aStreamer({ activeRecordingId: 3 })], recordings: [aRecording()] });
    page.button('Stop recording Harbour camera').click();
    await page.settle();
    window.dispatchEvent(new Event('pagehide'));
    await page.asked('/api/recording/stop/1');
    page.answer('/api/recording/stop/1', {}, 502);
    await page.asked('/api/recordings/3');
    page.answer('/api/recordings/3', aRecording({ state: 'completed' }));
    await page.until('it was said', () => document.body.textContent.includes('had ended already'));
    expect(waiting()).toEqual([]);
  });

  it('shows what failed since yesterday, and forgets what failed before', async () => {
    const ago = (hours: number) => new Date(Date.now() - hours * 3600_000).toISOString();
    const failure = { code: 'source.not-found', message: 'The address answers 404.' };
    const failed = [
      aRecording({ id: 8, state: 'failed', endedAt: ago(2), failure }),
      aRecording({ id: 7, state: 'failed', endedAt: ago(30), failure }),
    ];
    await open({ streamers: [aStreamer()], failed });
    expect(page.find('[data-testid=failed-8]').textContent).toContain('The address answers 404.');
    expect(page.element.querySelector('[data-testid=failed-7]')).toBeNull();
  });

  it('puts those on air and not recorded before all others, and the newest videos below', async () => {
    const streamers = [aStreamer({ id: 4, isLive: false }), aStreamer({ id: 5, isLive: true })];
    await open({ streamers, videos: [aVideo()] });
    expect(page.text).toContain('On air, not recorded');
    expect(page.element.querySelector('[data-testid=streamer-4]')).toBeNull();
    page.find('[data-testid=streamer-5]');
    page.find('[data-testid=video-7]');
  });

  it('says why no bytes arrive', async () => {
    const interruption = { code: 'source.timeout', message: 'The source did not answer.' };
    await open({ streamers: [aStreamer()], recordings: [aRecording({ state: 'reconnecting', interruption })] });
    expect(page.find('[data-testid=recording-3]').textContent).toContain('The source did not answer.');
  });

  const health = (...disks: DiskHealth[]) => ({ status: 'ok', version: '1', uptimeSeconds: 1, checks: {}, disks });

  it('says how much room there is, for how long, and what happens when there is not', async () => {
    await open({ streamers: [aStreamer()] });
    page.feed.caughtUp();
    page.answer('/health', health(aDisk({ bytesPerSecond: 750_000, secondsToFull: 12_000 })));
    // Each asks in its own time.
    for (const path of ['/api/streamers', '/api/recordings', '/api/demo', '/api/videos']) await page.asked(path);
    await page.until('both lists of recordings were asked for', () => page.askedFor('/api/recordings').length === 2);
    answerAll({ streamers: [aStreamer()] });
    await page.settle();
    const words = page.find('[data-testid=disk]').textContent.replaceAll(/\s+/g, ' ');
    expect(words).toContain('68.2 GB free of 250.0 GB');
    expect(words).toContain('full in 3 h 20 min at this rate, 6.00 Mbit/s');
    expect(words).toContain('Warns below 10 GB, blocks new recordings below 2 GB, stops the newest below 500 MB');
  });

  it('says what to do where a recording is refused for want of room', async () => {
    await open({ streamers: [aStreamer({ id: 5 })] });
    page.button('Record Harbour camera').click();
    const refusal = { title: 'Not now', detail: 'Only 1.0 GB are free. Free some space.', code: 'disk.low' };
    page.answer('/api/recording/start/5', refusal, 503);
    await page.settle();
    expect(document.body.textContent).toContain('Free some space. Nothing was begun.');
  });

  it('asks before it removes a streamer, and keeps it when told to', async () => {
    await open({ streamers: [aStreamer({ id: 5 })] });
    await page.press('More for Harbour camera');
    await page.press('Remove');
    await dialog();
    expect(document.body.textContent).toContain('Its recordings and videos stay.');
    await page.press('Go back');
    expect(waiting()).toEqual([]);
  });

  it('shows what it had and catches up when the server has been away', async () => {
    await open({ streamers: [aStreamer()] });
    page.feed.breakOff();
    page.feed.open();
    page.feed.event(anEvent('StreamerRemoved', {}, { stream: 'streamer-1' }));
    page.feed.caughtUp();
    // Each asks in its own time.
    for (const path of ['/api/streamers', '/api/recordings', '/api/demo', '/api/videos', '/health'])
      await page.asked(path);
    answerAll({});
    page.answer('/health', health());
    await page.settle();
    expect(page.text).toContain('Nothing to record yet');
  });

  it('says so where the server does not answer, and tries again when asked', async () => {
    page = await openPage('/now', 'now', NowPage);
    page.fail('/api/streamers');
    page.fail('/api/recordings');
    page.fail('/api/demo');
    page.fail('/api/recordings');
    page.fail('/api/videos');
    await page.settle();
    expect(page.text).toContain('StreamVault does not answer');
    await page.press('Try again');
    page.answer('/api/streamers', { items: [aStreamer()], nextCursor: null });
    page.answer('/api/recordings', { items: [], nextCursor: null });
    await page.settle();
    expect(page.text).toContain('Harbour camera');
  });

  /** The dialog’s code is fetched when it is first needed. */
  async function dialog(): Promise<void> {
    while (!document.querySelector('mat-dialog-container')) await new Promise((resolve) => setTimeout(resolve, 5));
    await page.settle();
  }
});
