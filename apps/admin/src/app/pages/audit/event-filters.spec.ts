import { describe, expect, it } from '@jest/globals';
import { filterChips, filterParams, filterQuery, noFilters, readFilters } from './event-filters';

describe('the filters of the log in the address', () => {
  it('are read, tidied, and written again as the server wants them', () => {
    const { filters, ignored } = readFilters({
      category: 'recording,,video, recording',
      type: ['StopRequested', 'SourceEnded'],
      stream: ' recording-3 ',
      from: '2026-11-22T21:00:00+01:00',
    });
    expect(ignored).toEqual([]);
    expect(filterQuery(filters)).toEqual({
      category: 'recording,video',
      type: 'StopRequested,SourceEnded',
      stream: 'recording-3',
      from: '2026-11-22T20:00:00.000Z',
    });
    expect(readFilters(filterParams(filters)).filters).toEqual(filters);
  });

  it('survive an instant whose plus became a space', () => {
    expect(readFilters({ to: '2026-11-22T21:00:00 01:00' }).filters.to).toBe('2026-11-22T20:00:00.000Z');
  });

  it('leave out what makes no sense, and say what that was', () => {
    const { filters, ignored } = readFilters({
      from: 'yesterday',
      to: '2026-13-45T00:00:00Z',
      stream: 'x'.repeat(501),
      correlationId: ['', 'x'.repeat(201)],
      type: `${'x'.repeat(201)},Fine`,
      category: 7,
    });
    expect(filters).toEqual({ ...noFilters, type: ['Fine'] });
    expect(ignored).toEqual(['Type', 'Stream', 'Request', 'From', 'To']);
  });

  it('are chips, each with what to change to be rid of it', () => {
    const { filters } = readFilters({ type: 'A,B', correlationId: 'c', from: '2026-11-22T20:00:00Z' });
    expect(filterChips(filters)).toEqual([
      { label: 'Type', value: 'A', without: { type: 'B' } },
      { label: 'Type', value: 'B', without: { type: 'A' } },
      { label: 'Request', value: 'c', without: { correlationId: null } },
      { label: 'From', value: expect.stringContaining('2026'), without: { from: null } },
    ]);
    expect(filterChips(readFilters({ type: 'A' }).filters)[0]?.without).toEqual({ type: null });
  });
});
