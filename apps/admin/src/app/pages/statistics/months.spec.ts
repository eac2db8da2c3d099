import { describe, expect, it } from '@jest/globals';
import { monthName, monthsWithoutHoles } from './months';

describe('months of statistics', () => {
  const month = (name: string, videos = 1) => ({
    month: name,
    videos,
    seconds: videos * 3600,
    bytes: videos * 1e9,
    gaps: videos,
    gapSeconds: videos * 5,
  });

  it('have rows for those in which nothing was recorded', () => {
    const filled = monthsWithoutHoles([month('2025-11', 3), month('2026-02')]);
    expect(filled).toEqual([month('2025-11', 3), month('2025-12', 0), month('2026-01', 0), month('2026-02')]);
  });

  it('are not filled from a year that an import only claims', () => {
    expect(monthsWithoutHoles([month('1970-01'), month('2026-02')])).toHaveLength(2);
    expect(monthsWithoutHoles([])).toEqual([]);
  });

  it('have names', () => expect(monthName('2026-11')).toMatch(/2026/));
});
