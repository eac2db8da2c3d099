import { describe, expect, it } from '@jest/globals';
import { readRecordingThen } from './recording-then';

describe('a recording as it was', () => {
  const cause = { code: 'source.timeout', message: 'The source did not answer.' };

  it('is read from what the server folded', () => {
    const then = readRecordingThen({
      state: 'reconnecting',
      context: {
        startedAt: '2026-11-22T21:00:00.000Z',
        endedAt: null,
        deadline: '2026-11-22T21:05:00.000Z',
        parts: [{ number: 1, container: 'aac', reason: 'start', openedAt: '2026-11-22T21:00:00.000Z', closedAt: null }],
        gaps: [{ from: '2026-11-22T21:00:10.000Z', to: '2026-11-22T21:00:12.000Z', seconds: 2, cause }],
        steps: [{ name: 'publish', state: 'waiting', attempts: 0, error: null, retryAt: null }],
        interruption: cause,
        failure: null,
      },
    });
    expect(then).toMatchObject({ state: 'reconnecting', endedAt: null, trouble: cause });
    expect(then?.parts).toEqual([
      {
        number: 1,
        bytes: 0,
        durationSeconds: 0,
        openedAt: '2026-11-22T21:00:00.000Z',
        closedAt: null,
        container: 'aac',
        reason: 'start',
      },
    ]);
    expect(then?.gaps).toHaveLength(1);
    expect(then?.steps).toHaveLength(1);
  });

  it('lacks what is not there or of another kind, and nothing else', () => {
    const then = readRecordingThen({
      state: 'archiving',
      context: { parts: [{ number: 1 }, 'x', null], gaps: 'none', steps: [{ name: 'publish', state: 'sleeping' }] },
    });
    expect(then).toEqual({
      state: 'archiving',
      startedAt: null,
      endedAt: null,
      deadline: null,
      parts: [],
      gaps: [],
      steps: [],
      trouble: null,
    });
  });

  it.each([[null], [{}], [{ state: 'capturing' }], [{ state: 7, context: {} }]])('is none: %j', (folded) => {
    expect(readRecordingThen(folded)).toBeUndefined();
  });
});
