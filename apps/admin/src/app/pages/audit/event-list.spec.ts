import { describe, expect, it } from '@jest/globals';
import type { LoggedEvent } from '@streamvault/api-contract';
import { anEvent } from '../../../../testing/fixtures';
import { firstPage, mostShown, newestPosition, showHeld, withNewer, withOlder } from './event-list';

const at = (...positions: number[]): LoggedEvent[] =>
  positions.map((position) => anEvent('PartOpened', {}, { position: String(position) }));
const positions = (events: readonly LoggedEvent[]): number[] => events.map(({ position }) => Number(position));

describe('the events that are looked at', () => {
  const begun = firstPage({ items: at(9, 7), nextCursor: '7' });

  it('go on to older ones', () => {
    const all = withOlder(begun, { items: at(5, 2), nextCursor: null });
    expect(positions(all.shown)).toEqual([9, 7, 5, 2]);
    expect(all.older).toBeNull();
  });

  it('hold the newer ones back until they are to be shown, on top and newest first', () => {
    const newer = withNewer(withNewer(begun, { items: at(10, 12), nextCursor: null }), {
      items: at(13),
      nextCursor: null,
    });
    expect(positions(newer.shown)).toEqual([9, 7]);
    expect(newestPosition(newer)).toBe('13');
    const shown = showHeld(newer);
    expect(positions(shown.shown)).toEqual([13, 12, 10, 9, 7]);
    expect(shown).toMatchObject({ held: [], older: '7', isLeftBehind: false });
  });

  it('are left behind where more was recorded than one answer holds', () => {
    expect(withNewer(begun, { items: at(10), nextCursor: '10' }).isLeftBehind).toBe(true);
  });

  it('do not grow for ever; what fell off can be had again', () => {
    const many = Array.from({ length: mostShown }, (_, index) => 2000 - index);
    const full = firstPage({ items: at(...many), nextCursor: null });
    const shown = showHeld(withNewer(full, { items: at(2001), nextCursor: null }));
    expect(shown.shown).toHaveLength(mostShown);
    expect(shown.older).toBe(shown.shown.at(-1)?.position);
    expect(positions(shown.shown).at(-1)).toBe(2000 - mostShown + 2);
  });

  it('have no newest where there are none', () => {
    expect(newestPosition(firstPage({ items: [], nextCursor: null }))).toBeUndefined();
  });
});
