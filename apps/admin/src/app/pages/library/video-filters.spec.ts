import { describe, expect, it } from '@jest/globals';
import { countFilters, queryOf } from './video-filters';

describe('the filters of the library', () => {
  it('take nonsense in the address for nothing', () => {
    const nonsense = { sort: 'drop', streamer: '-1', from: 'soon', length: 'x', gaps: '1', kept: '', q: '  ' };
    expect(queryOf(nonsense)).toEqual({ sort: '-recordedAt' });
  });

  it('become what the server understands', () => {
    const query = queryOf({
      q: ' ferry ',
      streamer: '4',
      category: 'Chess',
      length: 'medium',
      gaps: 'no',
      kept: 'yes',
    });
    expect(query).toEqual({
      q: 'ferry',
      streamerId: 4,
      category: 'Chess',
      minSeconds: 1800,
      maxSeconds: 7200,
      hasGaps: 'false',
      kept: 'true',
      sort: '-recordedAt',
    });
  });

  it('take in the whole of the last day, by the clock of the reader', () => {
    const { from, to } = queryOf({ from: '2026-11-01', to: '2026-11-01' });
    expect(new Date(from ?? '').getHours()).toBe(0);
    expect(new Date(to ?? '').getDate()).toBe(2);
  });

  it('are counted without words and order', () => {
    expect(countFilters({ q: 'a', sort: 'bytes', kept: 'yes', from: '2026-11-01' })).toBe(2);
  });
});
