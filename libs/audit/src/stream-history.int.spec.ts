import { beforeEach, describe, expect, it } from '@jest/globals';
import { contexts } from '@streamvault/contexts';
import { MemoryEventStore } from '@streamvault/event-store';
import { StreamHistory } from './stream-history.js';

const second = (seconds: number): string => new Date(Date.UTC(2026, 10, 22, 12, 0, seconds)).toISOString();
const cause = { code: 'x.y', message: 'Silence.' };

describe('the history of a stream', () => {
  let history: StreamHistory;
  let store: MemoryEventStore;
  let now = 0;

  async function append(type: string, data: object, at: number): Promise<void> {
    now = Date.parse(second(at));
    const metadata = { $correlationId: 'c', $causationId: 'c', actor: 'test', commandId: 'c' };
    const event = { id: crypto.randomUUID(), type, version: 1, data: data as never, metadata };
    await store.append('recording-7', [event], 'any');
  }

  beforeEach(async () => {
    store = new MemoryEventStore({ now: () => now });
    history = new StreamHistory(store, contexts.registry(), contexts.folds);
    const request = { recordingId: 7, streamerId: 3, streamerName: 'S', quality: 'best', title: null, category: null };
    const source = { url: 'https://example.org/a.m3u8', platform: 'hls' };
    await append('RecordingRequested', { ...request, source, at: second(0), deadline: second(60) }, 0);
    await append('CaptureStarting', { at: second(1), deadline: second(61) }, 1);
    await append('CaptureStarted', { at: second(5) }, 5);
    await append('CaptureInterrupted', { at: second(20), cause, deadline: second(59) }, 20);
  });

  it('gives the state at a revision, and says which one it used', async () => {
    const { revision, headRevision, state } = await history.stateAt('recording-7', '1');
    expect({ revision, headRevision, state: state?.state }).toEqual({
      revision: '1',
      headRevision: '3',
      state: 'starting',
    });
  });

  it('gives the state at an instant: after the last event recorded by then', async () => {
    expect((await history.stateAt('recording-7', second(19))).state?.state).toBe('capturing');
    expect((await history.stateAt('recording-7', second(20))).state?.state).toBe('reconnecting');
  });

  it('takes a revision beyond the end as the newest', async () =>
    expect((await history.stateAt('recording-7', '99')).revision).toBe('3'));

  it('shows only what changed between two points', async () => {
    const { from, to, changes } = await history.diff('recording-7', '2', undefined);
    expect([from, to]).toEqual(['2', '3']);
    expect(changes).toEqual([
      { path: '/state', before: 'capturing', after: 'reconnecting' },
      { path: '/context/deadline', before: null, after: second(59) },
      { path: '/context/stalls/0', before: null, after: { from: second(20), to: null, cause } },
      { path: '/context/interruption', before: null, after: cause },
    ]);
  });

  it.each(['recording-8', 'nonsense', '-', 'recording-'])('finds nothing for %s', (stream) =>
    expect(history.stateAt(stream, undefined)).rejects.toMatchObject({ code: 'stream.not-found' }),
  );

  it('folds no state from events that this program does not know, and says so', async () => {
    await append('FromElsewhere', {}, 30);
    await expect(history.stateAt('recording-7', undefined)).rejects.toMatchObject({
      code: 'stream.unreadable',
      kind: 'conflict',
      message: expect.stringContaining('FromElsewhere'),
    });
  });

  it('finds nothing of a stream before its first event', () =>
    expect(history.stateAt('recording-7', '2020-01-01T00:00:00Z')).rejects.toMatchObject({ code: 'stream.not-found' }));
});
