import { afterEach, describe, expect, it } from '@jest/globals';
import type { Recording, Streamer } from '@streamvault/api-contract';
import { aRecording, aStreamer, anEvent } from '../../../../testing/fixtures';
import { type OpenPage, openPage } from '../../../../testing/page';
import StreamerPage from './streamer-page';

describe('the page of a streamer', () => {
  const api = '/api/streamers/1';
  const list = '/api/recordings';
  let page: OpenPage;
  afterEach(() => expect(page.waiting()).toEqual([]));

  async function open(
    streamer: Streamer,
    recordings: Recording[] = [],
    nextCursor: string | null = null,
    address = '/streamers/1',
  ): Promise<void> {
    page = await openPage(address, 'streamers/:id', StreamerPage, [{ path: 'streamers', children: [] }]);
    page.answer(api, streamer);
    expect(page.askedFor(list)).toEqual([`${list}?streamerId=1&limit=50`]);
    page.answer(list, { items: recordings, nextCursor });
    await page.settle();
  }
  const textOf = (id: string): string => page.find(`[data-testid=${id}]`).textContent;

  it('says how much was recorded in total, and how much of that is left', async () => {
    const cause = { code: 'x', message: 'The network was down.' };
    const gap = { from: '2026-11-22T21:00:10Z', to: '2026-11-22T21:00:31Z', seconds: 21, cause };
    await open(aStreamer(), [
      aRecording({ id: 3, state: 'completed', durationSeconds: 3600, bytes: 2e9, gaps: [gap], gapSeconds: 21 }),
      aRecording({ id: 2, state: 'failed', durationSeconds: 61, bytes: 1e9, adSeconds: 90 }),
    ]);
    expect(page.text).toContain('Total');
    for (const words of ['2, 1 failed', '1:01:01', '99.4 %', '3.00 GB', '1, 21 s', '1 min 30 s'])
      expect(textOf('totals')).toContain(words);
    expect(page.find('[data-testid=recording-3] a').getAttribute('href')).toBe('/recordings/3');
    expect(page.link('https://live.example/harbour/master.m3u8').getAttribute('rel')).toBe('noreferrer');
  });

  it('says of each setting where it comes from, and gives one back to the settings for all', async () => {
    await open(
      aStreamer({
        quality: '720p',
        patienceSeconds: 720,
        inherited: ['autoRecord', 'patienceSeconds', 'ads', 'reruns'],
      }),
      [],
      null,
      '/streamers/1?tab=settings',
    );
    page.answer('/api/proxies', { items: [], defaults: [] });
    await page.settle();
    const row = (name: string): string => page.find(`[data-choice=${name}]`).textContent.replaceAll(/\s+/g, ' ');
    expect(row('quality')).toContain('Set for this streamer');
    expect(row('patienceSeconds')).toContain('12 min (as for all)');
    expect(row('patienceSeconds')).toContain('From the settings for all streamers');
    const box = page.find('#choice-quality') as HTMLSelectElement;
    expect(box.value).toBe('720p');
    box.value = '';
    box.dispatchEvent(new Event('change'));
    await page.settle();
    const { request } = page.answer(api, aStreamer());
    expect([request.method, request.body]).toEqual(['PATCH', { quality: null }]);
    await page.asked(api);
    page.answer(api, aStreamer({ inherited: ['quality'] }));
    await page.settle();
    expect(row('quality')).toContain('From the settings for all streamers');
  });

  it('has names and notices of its own, or those for all, and says which', async () => {
    const all = { nameTemplate: '{date} {title}', notices: null, inherited: ['nameTemplate', 'notices'] } as const;
    await open(aStreamer({ ...all, inherited: [...all.inherited] }), [], null, '/streamers/1?tab=settings');
    page.answer('/api/proxies', { items: [], defaults: [] });
    await page.settle();
    const row = (name: string) => page.find(`[data-choice=${name}]`).textContent;
    expect(row('nameTemplate')).toContain('From the settings for all streamers');
    await page.type('input[name=nameTemplate]', '{title} {id}');
    page.button('Save the name').click();
    const sent = () => page.answer(api, aStreamer()).request;
    expect(sent().body).toEqual({ nameTemplate: '{title} {id}' });
    await page.asked(api);
    page.answer(api, aStreamer({ nameTemplate: '{title} {id}', notices: ['disk.full'], inherited: [] }));
    await page.settle();
    expect(row('nameTemplate')).toContain('Set for this streamer');
    await page.press('Send notices as for all');
    expect(sent().body).toEqual({ notices: null });
    await page.asked(api);
    page.answer(api, aStreamer({ nameTemplate: '{title} {id}', notices: null, inherited: ['notices'] }));
    await page.settle();
    page.find('input[name="video.binned"]').click();
    await page.settle();
    const { notices } = sent().body as { notices: string[] };
    expect(notices).toContain('recording.failed');
    expect(notices).not.toContain('video.binned');
  });

  it('says how long its videos stay, by which rules, and takes rules of its own', async () => {
    await open(aStreamer(), [], null, '/streamers/1?tab=cleanup');
    const path = '/api/streamers/1/cleanup';
    const remove = {
      beyondNewest: 9,
      olderThanDays: null,
      aboveBytes: null,
      belowFreeBytes: null,
      watchedDaysAgo: null,
    };
    const forAll = {
      name: 'All streamers',
      enabled: true,
      scope: { kind: 'all' },
      combine: 'any',
      remove,
      keep: { newest: null, youngerThanDays: null },
      order: 'oldest',
    };
    page.answer(path, { origin: 'all', policy: forAll, own: null, forAll, categories: ['Chess'] });
    await page.settle();
    expect(textOf('cleanup-words')).toContain('all but the newest 9');
    expect(textOf('cleanup-origin')).toMatch(/From the rules for all streamers.*Chess follow/s);
    await page.type('input[name=olderThanDays]', '30');
    (page.find('sv-policy-fields input[type=checkbox]') as HTMLInputElement).click();
    await page.settle();
    page.button('Save the rules').click();
    const own = { ...forAll, scope: { kind: 'streamer', streamerId: 1 } };
    const { request } = page.answer(path, { origin: 'streamer', policy: own, own, forAll, categories: [] });
    expect(request.method).toBe('PUT');
    expect(request.body).toEqual({
      policy: {
        enabled: true,
        combine: 'any',
        remove: { ...remove, olderThanDays: 30 },
        keep: forAll.keep,
        order: 'oldest',
      },
    });
    await page.asked(path);
    page.answer(path, { origin: 'streamer', policy: own, own, forAll, categories: [] });
    await page.settle();
    expect(textOf('cleanup-origin')).toContain('Set for this streamer');
    page.button('Use the rules for all streamers').click();
    expect(page.answer(path, {}).request.body).toEqual({ policy: null });
    await page.asked(path);
    page.answer(path, { origin: 'all', policy: forAll, own: null, forAll, categories: [] });
    await page.settle();
  });

  it('says of each broadcast why it was not recorded', async () => {
    await open(aStreamer(), [], null, '/streamers/1?tab=detections');
    const why = { code: 'rule.excluded', message: 'Rule 1 (No reruns) says: do not record.' };
    const detection = {
      broadcastId: 4,
      startedAt: '2026-11-22T21:00:00Z',
      endedAt: null,
      noticedBy: 'eventsub',
      title: 'Yesterday again',
      category: 'Chess',
      isRecorded: false,
      recordingId: null,
      decision: 'skip',
      rule: { number: 1, name: 'No reruns' },
      why,
    };
    page.answer('/api/streamers/1/detections', { items: [detection], nextCursor: null });
    await page.settle();
    expect(textOf('detections')).toContain('Not recorded');
    expect(textOf('detections')).toContain(why.message);
  });

  it('says of how many the totals are where there are more', async () => {
    await open(aStreamer(), [aRecording({ state: 'completed' })], 'more');
    expect(page.text).toContain('The latest 1 recordings');
    await page.press('Load more');
    page.answer(list, { items: [aRecording({ state: 'completed' })], nextCursor: 'more' });
    page.answer(list, { items: [aRecording({ id: 2, state: 'completed' })], nextCursor: null });
    await page.settle();
    expect(page.text).toContain('Total');
  });

  it('starts a recording, and shows it with a way to stop it', async () => {
    await open(aStreamer());
    expect(page.text).toContain('There are no recordings yet.');
    page.button('Record').click();
    page.answer('/api/recording/start/1', { recordingId: 3, streamerId: 1, state: 'requested' });
    await page.settle();
    page.answer(api, aStreamer({ activeRecordingId: 3 }));
    page.answer(list, { items: [aRecording()], nextCursor: null });
    await page.settle();
    expect(page.text).toContain('Recording now');
    expect(page.buttons()).not.toContain('Record');
    expect(page.buttons()).not.toContain('Remove');
    page.button('Stop recording Harbour camera').click();
    window.dispatchEvent(new Event('pagehide'));
    await page.asked('/api/recording/stop/1');
    page.answer('/api/recording/stop/1', { recordingId: 3, streamerId: 1, state: 'finalizing' });
    await page.settle();
  });

  it('follows what happens to it, and leaves other streamers alone', async () => {
    await open(aStreamer(), [aRecording({ state: 'completed' })]);
    page.feed.open();
    page.feed.event(anEvent('PartOpened', {}, { stream: 'recording-99' }));
    page.feed.event(anEvent('StreamerChanged', {}, { stream: 'streamer-1' }));
    await page.asked(api);
    expect(page.askedFor(list)).toEqual([]);
    page.answer(api, aStreamer({ name: 'Harbour, west' }));
    await page.settle();
    expect(page.find('h1').textContent).toBe('Harbour, west');
    expect(document.title).toContain('Harbour, west');
  });

  it('goes back to the list when it is removed', async () => {
    await open(aStreamer());
    await page.press('Remove');
    await page.until('it was asked', () => document.querySelector('mat-dialog-container') !== null);
    await page.settle();
    page.find('mat-dialog-container .warns').click();
    await page.until('it was sent', () => page.waiting().includes(api));
    expect(page.answer(api, {}).request.method).toBe('DELETE');
    await page.settle();
    expect(document.body.textContent).toContain('Harbour camera is removed.');
  });

  it('says that there is no such streamer, and where its past is', async () => {
    page = await openPage('/streamers/9', 'streamers/:id', StreamerPage);
    page.answer('/api/streamers/9', { title: 'There is no such streamer', detail: 'None.', code: 'x' }, 404);
    page.answer(list, { items: [], nextCursor: null });
    await page.settle();
    expect(page.text).toContain('There is no such streamer');
    expect(page.link('What the log knows of it').getAttribute('href')).toBe('/audit/streams/streamer-9');
  });
});
