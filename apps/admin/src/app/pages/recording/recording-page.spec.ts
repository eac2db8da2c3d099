import { describe, expect, it } from '@jest/globals';
import type { Gap, LoggedEvent, Recording } from '@streamvault/api-contract';
import { aRecording, aVideo, anEvent, theLifecycle } from '../../../../testing/fixtures';
import { type OpenPage, openPage } from '../../../../testing/page';
import RecordingPage from './recording-page';

describe('the Recording page', () => {
  const cause = { code: 'source.timeout', message: 'The source did not answer.' };

  async function open(
    recording: Recording,
    events: LoggedEvent[] = [anEvent('RecordingRequested')],
  ): Promise<OpenPage> {
    const page = await openPage('/recordings/3', 'recordings/:id', RecordingPage);
    page.answer('/api/recordings/3', recording);
    page.answer('/api/recordings/3/events', events);
    page.answer('/api/recordings/lifecycle', theLifecycle);
    await page.settle();
    return page;
  }
  const standing = (page: OpenPage, state: string): string | undefined =>
    page.find(`[data-testid=lifecycle] [data-state=${state}]`).dataset['standing'];

  it('lights the present state and marks the way there', async () => {
    const page = await open(aRecording({ playable: false }), [
      anEvent('RecordingRequested'),
      anEvent('CaptureStarting', {}, { revision: '1' }),
      anEvent('CaptureStarted', {}, { revision: '2' }),
    ]);
    expect(['requested', 'starting', 'capturing', 'finalizing'].map((state) => standing(page, state))).toEqual([
      'passed',
      'passed',
      'now',
      'ahead',
    ]);
    const now = page.find('[data-testid=lifecycle] [aria-current=step]');
    expect(now.textContent).toContain('Bytes are arriving and written.');
    expect(now.textContent).toContain('To Making the video: Somebody asked to stop.');
  });

  it('moves on with the events of its own stream', async () => {
    const page = await open(aRecording({ playable: false }));
    page.feed.open();
    page.feed.event(anEvent('StopRequested', { by: 'api' }));
    await page.asked('/api/recordings/3');
    page.answer('/api/recordings/3', aRecording({ state: 'finalizing', playable: false }));
    await page.asked('/api/recordings/3/events');
    page.answer('/api/recordings/3/events', [
      anEvent('RecordingRequested'),
      anEvent('StopRequested', {}, { revision: '1' }),
    ]);
    await page.settle();
    expect(standing(page, 'finalizing')).toBe('now');
    expect(page.find('[data-testid=story]').textContent).toContain('Somebody asked to stop.');
    expect(page.buttons()).not.toContain('Stop');
  });

  it('says why it failed and retries', async () => {
    const page = await open(aRecording({ state: 'failed', failure: cause, playable: false }));
    expect(page.find('[role=alert]').textContent).toContain('The source did not answer.');
    page.button('Retry').click();
    expect(page.answer('/api/recordings/3/retry', { recordingId: 3 }).request.method).toBe('POST');
    await page.settle();
    page.answer('/api/recordings/3', aRecording({ state: 'requested', playable: false }));
    page.answer('/api/recordings/3/events', []);
    await page.settle();
    expect(page.buttons()).not.toContain('Retry');
  });

  it('leads to the new recording where the failure is too old to be retried', async () => {
    const page = await open(aRecording({ state: 'failed', failure: cause, playable: false }));
    page.button('Retry').click();
    page.answer('/api/recordings/3/retry', { recordingId: 9, streamerId: 1, state: 'requested' });
    await page.asked('/api/recordings/9');
  });

  it('ends where a cancelled recording ended, also what waited to be done after it', async () => {
    const page = await open(aRecording({ state: 'cancelled', endedAt: '2026-11-22T21:01:04.000Z', playable: false }));
    // Its last mark is of its last minute, not of the present.
    expect(page.find('[data-testid=timeline]').textContent).toMatch(/:01:00$/);
    expect(page.text).toContain('Not done');
    expect(page.text).not.toContain('Waiting');
  });

  it('says what it waits for, and until when', async () => {
    const deadline = new Date(Date.now() + 125_000).toISOString();
    const page = await open(aRecording({ state: 'reconnecting', interruption: cause, deadline, playable: false }));
    expect(page.text).toContain('No bytes are arriving');
    expect(page.text).toMatch(/retries the source for another 2:0\d/);
  });

  const fact = (page: OpenPage, id: string): string => page.find(`[data-testid=${id}]`).textContent.trim();
  const aGap = (from: string, seconds: number, message: string): Gap => {
    const to = new Date(Date.parse(from) + seconds * 1000).toISOString();
    return { from, to, seconds, cause: { code: 'x', message } };
  };

  it('tells all that capture counts, as the feed tells it', async () => {
    const page = await open(aRecording({ playable: false }));
    page.feed.open();
    page.feed.progress({
      recordings: [
        {
          recordingId: 3,
          bytes: 96_000_000,
          durationSeconds: 128,
          segments: 1064,
          bytesPerSecond: 750_000,
          lastByteAt: null,
          lastByteAgeSeconds: 2,
          capturedRatio: 0.9871,
          gapSeconds: 21,
          adSeconds: 90,
          stallSeconds: 33,
          retries: 1234,
          reResolves: 2,
          advertisingSince: '2026-11-22T21:01:00Z',
          stalledSince: null,
        },
      ],
    });
    await page.settle();
    const told = ['segments', 'captured', 'gaps', 'advertising', 'stalls', 'retries', 're-resolves'];
    expect(told.map((id) => fact(page, id))).toEqual([
      '1,064',
      '98.7 %',
      '21 s',
      '1 min 30 s, going on',
      '33 s',
      '1,234',
      '2 times',
    ]);
  });

  it('keeps it when it is over', async () => {
    const page = await open(
      aRecording({
        state: 'completed',
        playable: false,
        segments: 500,
        capturedRatio: 0.5,
        gaps: [aGap('2026-11-22T21:00:10Z', 5, 'One.'), aGap('2026-11-22T21:00:30Z', 7, 'Other.')],
        gapSeconds: 12,
        retries: null,
        reResolves: 1,
      }),
    );
    expect(['gaps', 'advertising', 'stalls', 'retries', 're-resolves'].map((id) => fact(page, id))).toEqual([
      '12 s, in 2',
      'none',
      'none',
      'not counted',
      'once',
    ]);
  });

  it('says until when it waits for the streamer to come back', async () => {
    const paused = { code: 'source.ended', message: 'The source ended, and the streamer may come back.' };
    const deadline = new Date(2026, 0, 1, 20, 31).toISOString();
    const stalls = [{ from: new Date(Date.now() - 12_000).toISOString(), to: null, cause: paused }];
    const page = await open(
      aRecording({ state: 'reconnecting', deadline, interruption: paused, stalls, playable: false }),
    );
    expect(fact(page, 'silence')).toContain('Waiting for the stream to come back, until 20:31');
    expect(fact(page, 'silence')).toContain('To have it now, stop the recording.');
    expect(fact(page, 'silence')).not.toContain('No bytes');
  });

  it('says for how long no byte has come, and why', async () => {
    const stalls = [{ from: new Date(Date.now() - 12_000).toISOString(), to: null, cause }];
    const page = await open(aRecording({ stalls, playable: false }));
    expect(fact(page, 'silence')).toMatch(/No bytes for 1[23] s/);
    expect(fact(page, 'silence')).toContain('The source did not answer.');
    expect(page.find('.under sv-state').textContent).toBe('Recording, no bytes');
    page.feed.open();
    page.feed.event(anEvent('StallEnded'));
    await page.asked('/api/recordings/3');
    const over = { ...stalls[0]!, to: new Date().toISOString() };
    page.answer('/api/recordings/3', aRecording({ stalls: [over], stallSeconds: 12, playable: false }));
    // Each asks in its own time.
    await page.asked('/api/recordings/3/events');
    page.answer('/api/recordings/3/events', []);
    await page.settle();
    expect(document.querySelector('[data-testid=silence]')).toBeNull();
    expect(fact(page, 'stalls')).toBe('12 s');
  });

  it('tells gaps, advertising and stalls as a table too', async () => {
    const ads = [{ from: '2026-11-22T21:00:05Z', to: '2026-11-22T21:00:35Z', seconds: 30, kept: false }];
    const gaps = [aGap('2026-11-22T21:00:40Z', 21, 'The source did not answer.')];
    const page = await open(aRecording({ ads, gaps, playable: false, endedAt: '2026-11-22T21:02:00Z' }));
    const rows = [...document.querySelectorAll('[data-testid=happenings] tbody tr')].map((row) => row.textContent);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(/Advertising.*30 s.*left out/);
    expect(rows[1]).toMatch(/Gap.*21 s.*The source did not answer\./);
    expect(page.find('sv-happenings-table details').hasAttribute('open')).toBe(true);
  });

  describe('with gaps that its platform has', () => {
    const url = 'https://www.twitch.tv/videos/99?t=10s';
    const [one, two] = [aGap('2026-11-22T21:00:10Z', 5, 'One.'), aGap('2026-11-22T21:00:30Z', 7, 'Other.')];
    async function openGaps(gaps: Gap[], more: Partial<Recording> = {}): Promise<OpenPage> {
      const page = await openPage('/recordings/3?tab=gaps', 'recordings/:id', RecordingPage);
      page.answer('/api/recordings/3', aRecording({ gaps, playable: false, ...more }));
      await page.settle();
      page.answer('/api/recordings/3/missing-elsewhere', {
        reason: null,
        videos: [{ id: '99', url: 'https://www.twitch.tv/videos/99', startsAt: '2026-11-22T21:00:00Z' }],
        gaps: gaps.map((gap, index) => ({
          ...gap,
          url: index === 0 ? url : null,
          fillable: index === 0 && !gap.filled,
          refusal: index === 0 ? null : 'Twitch keeps no video of it.',
        })),
      });
      await page.settle();
      return page;
    }
    const list = (page: OpenPage): string => page.find('[data-testid=gaps]').textContent.replaceAll(/\s+/g, ' ');

    it('leads there, and fills one from there', async () => {
      const page = await openGaps([one, two]);
      const links = [...document.querySelectorAll<HTMLAnchorElement>('[data-testid=gaps] a')];
      expect(links.map(({ href, target, rel }) => [href, target, rel])).toEqual([
        [url, '_blank', 'noopener noreferrer'],
      ]);
      const fills = page.buttons().filter((name) => name.startsWith('Fill the gap'));
      expect(fills).toHaveLength(1);
      await page.press(fills[0]!);
      const { request } = page.answer('/api/recordings/3/gaps/fill', aRecording());
      expect([request.method, request.body]).toEqual(['POST', { from: one.from }]);
      await page.settle();
    });

    it('says how far that is, and why it failed', async () => {
      const fill = { to: one.to, requestedAt: one.to, by: 'ada', url, endedAt: null, cause: null };
      const running = { ...fill, from: one.from, state: 'running' as const };
      const failed = { ...fill, from: two.from, state: 'failed' as const, cause: { code: 'x', message: 'No answer.' } };
      const page = await openGaps([one, two], { gapFills: [running, failed] });
      expect(list(page)).toContain('Being filled');
      expect(list(page)).toContain('It could not be filled: No answer.');
      expect(page.buttons().some((name) => name.startsWith('Fill the gap'))).toBe(false);
      page.feed.event(anEvent('GapFilled'));
      await page.asked('/api/recordings/3/missing-elsewhere');
    });

    it('keeps one that is filled in the list', async () => {
      const filled = { at: '2026-11-23T00:00:00Z', by: 'ada', url, seconds: 5, mutedSeconds: 2 };
      const page = await openGaps([{ ...one, filled }, two]);
      expect(list(page)).toContain('5 s filled');
      expect(list(page)).toContain('Filled from the platform’s own video; 2 s of it are muted there.');
      expect(page.text).toContain('12 s lost in total, of which 5 s are filled.');
    });
  });

  it('tells a day with 500 gaps by their causes first, and each one when asked to', async () => {
    const gaps = Array.from({ length: 500 }, (_, index) =>
      aGap(new Date(Date.UTC(2026, 10, 22, 0, 0, index * 170)).toISOString(), 2, index % 5 ? 'One.' : 'Other.'),
    );
    const ends = { startedAt: '2026-11-22T00:00:00Z', endedAt: '2026-11-23T00:00:00Z' };
    const page = await open(aRecording({ state: 'completed', gaps, playable: false, ...ends }));
    const losses = [...document.querySelectorAll('[data-testid=losses] tbody tr')].map(({ textContent }) =>
      textContent.replaceAll(/\s+/g, ' ').trim(),
    );
    expect(losses).toEqual(['13 min 20 s400One.', '3 min 20 s100Other.']);
    expect(document.querySelector('sv-happenings-table details')?.hasAttribute('open')).toBe(false);
    expect(document.querySelectorAll('[data-testid=timeline] button').length).toBeLessThan(200);
    const rows = (): number => document.querySelectorAll('[data-testid=happenings] tbody tr').length;
    expect(rows()).toBe(50);
    await page.press('Show the other 450');
    expect(rows()).toBe(500);
  });

  it('is one stop for the keyboard, and its arrows go from span to span', async () => {
    const gaps = [aGap('2026-11-22T21:00:20Z', 21, 'Why.')];
    const page = await open(aRecording({ gaps, playable: false, endedAt: '2026-11-22T21:02:00Z' }));
    const spans = [...document.querySelectorAll<HTMLElement>('[data-testid=timeline] button')];
    const stops = (): (string | undefined)[] =>
      spans.filter(({ tabIndex }) => tabIndex === 0).map(({ dataset }) => dataset['kind']);
    expect(stops()).toEqual(['part']);
    spans[0]?.focus();
    spans[0]?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    await page.settle();
    expect(document.activeElement).toBe(spans[1]);
    expect(stops()).toEqual(['gap']);
    expect(page.find('sv-timeline .words').textContent).toContain('Gap of 21 s.');
  });

  it('retries a failed step', async () => {
    const steps = [
      { name: 'publish', state: 'succeeded' as const, attempts: 1, error: null, retryAt: null, dependsOn: [] },
      {
        name: 'thumbnail',
        state: 'failed' as const,
        attempts: 5,
        error: 'No picture found.',
        retryAt: null,
        dependsOn: [],
      },
    ];
    const page = await open(aRecording({ state: 'completed', steps, playable: false }));
    expect(page.find('[data-testid=step-thumbnail]').textContent).toContain('Failed, 5 attempts');
    expect(page.find('[data-testid=step-thumbnail]').textContent).toContain('No picture found.');
    page.button('Retry Thumbnail').click();
    page.answer('/api/recordings/3/steps/thumbnail/retry', {});
    await page.settle();
  });

  it('tells how far a step is, and skips one when it is asked twice', async () => {
    const step = { attempts: 1, error: null, retryAt: null, dependsOn: [] };
    const steps = [
      { ...step, name: 'publish', state: 'running' as const },
      { ...step, name: 'checksum', state: 'running' as const },
    ];
    const page = await open(aRecording({ state: 'postProcessing', steps, playable: false }));
    const queued = { recordingId: 3, name: 'checksum', state: 'running', progress: 0.42, secondsLeft: 39 };
    page.answer('/api/queue', { items: [{ ...queued, recordingId: 4, progress: 0.9 }, queued], nextCursor: null });
    await page.settle();
    const checksum = page.find('[data-testid=step-checksum]');
    expect(checksum.textContent).toContain('42 % · about 39 s left');
    expect(checksum.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')).toBe('42');
    expect(page.buttons()).not.toContain('Skip Publish');
    await page.press('Skip Checksum');
    await page.until('it was asked', () => page.buttons().includes('Skip it'));
    await page.press('Skip it');
    await page.asked('/api/recordings/3/steps/checksum/skip');
    page.answer('/api/recordings/3/steps/checksum/skip', {});
    await page.settle();
  });

  it('plays a recording that has a video from its file at once', async () => {
    const page = await open(aRecording({ state: 'completed', videoId: 7 }));
    expect(page.element.querySelector('sv-player')).toBeNull();
    page.answer('/api/videos/7', aVideo());
    await page.settle();
    expect(page.find('[data-testid=player]').dataset['source']).toBe('file');
    expect(page.find('video.active').getAttribute('src')).toBe('/api/videos/7/stream');
    expect(page.link('Download').getAttribute('href')).toBe('/api/videos/7/download');
  });

  it('stays with the playlist where the video is only a part of the recording', async () => {
    const page = await open(aRecording({ state: 'completed', videoId: 7, durationSeconds: 4000 }));
    page.answer('/api/videos/7', aVideo({ durationSeconds: 900 }));
    await page.settle();
    expect(page.find('[data-testid=player]').dataset['source']).toBe('playlist');
  });

  it('shows a gap with its cause on the timeline', async () => {
    const gap = { from: '2026-11-22T21:00:20Z', to: '2026-11-22T21:00:41Z', seconds: 21, cause };
    const page = await open(aRecording({ gaps: [gap], playable: false, endedAt: '2026-11-22T21:02:00Z' }));
    const button = page.find('[data-testid=timeline] [data-kind=gap]');
    expect(button.getAttribute('aria-label')).toContain('The source did not answer');
    button.dispatchEvent(new Event('focus'));
    await page.settle();
    expect(page.find('sv-timeline .words').textContent).toContain('Gap of 21 s.');
  });

  it('opens an event to what the log holds, and tells one it does not know', async () => {
    const page = await open(aRecording({ playable: false }), [anEvent('ChatLogAttached', { lines: 12 })]);
    const story = page.find('[data-testid=story]');
    expect(story.textContent).toContain('Chat log attached.');
    expect(story.querySelector('pre')?.textContent).toContain('"lines": 12');
  });

  it('leads from every line of its story to why that happened, and back in time', async () => {
    const page = await open(aRecording({ playable: false }), [
      anEvent('RecordingRequested'),
      anEvent('StopRequested', { by: 'api' }, { revision: '1', position: '17' }),
    ]);
    expect(page.link('Why: Somebody asked to stop.').getAttribute('href')).toBe('/audit/events/17');
    expect(page.link('Go back in time').getAttribute('href')).toBe('/audit/streams/recording-3');
  });

  it('says that there is no such recording', async () => {
    const page = await openPage('/recordings/404', 'recordings/:id', RecordingPage);
    const problem = { title: 'There is no such recording', detail: 'No recording has the id 404.', code: 'x' };
    page.answer('/api/recordings/404', problem, 404);
    page.answer('/api/recordings/404/events', problem, 404);
    page.answer('/api/recordings/lifecycle', theLifecycle);
    await page.settle();
    expect(page.text).toContain('There is no such recording');
    expect(page.text).toContain('Go back to the list');
  });
});
