import { describe, expect, it } from '@jest/globals';
import { EventDamaged, EventLogDamaged, parsePosition } from '@streamvault/event-store';
import { problemOf } from './problem.js';

const place = {
  position: parsePosition('7')!,
  revision: 3n,
  stream: 'recording-1',
  type: 'RecordingStopped',
  id: 'a',
  recordedAt: undefined,
} as const;

describe('a problem', () => {
  it.each([
    ['at once', new EventDamaged(place, 'it holds no JSON')],
    ['as a cause', new Error('folding failed', { cause: new EventDamaged(place, 'it holds no JSON') })],
  ])('reports a damaged event as such: %s', (_, error) => {
    expect(problemOf(error, '/api/recordings/1', 'c')).toMatchObject({
      status: 409,
      code: 'log.damaged',
      position: '7',
      detail: expect.stringMatching(/position 7 .*restore the log from a backup/),
    });
  });

  it.each(['SQLITE_FULL', 'ENOSPC', '53100'])('reports a full disk as such: %s', (code) => {
    const cause = Object.assign(new Error('database or disk is full'), { code });
    expect(problemOf(new Error('The append failed', { cause }), '/', 'c')).toMatchObject({
      status: 503,
      code: 'disk.full',
      detail: expect.stringMatching(/Free some space/),
    });
  });

  it('reports a damaged file, whose cause SQLite names, without the path, and not as temporary', () => {
    const cause = Object.assign(new Error('malformed'), { code: 'SQLITE_CORRUPT' });
    const problem = problemOf(new EventLogDamaged('The event log /srv/events.db is damaged', { cause }), '/', 'c');
    expect(problem).toMatchObject({ status: 409, code: 'log.damaged' });
    expect(JSON.stringify(problem)).not.toContain('/srv');
  });
});
