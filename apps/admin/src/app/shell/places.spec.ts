import { describe, expect, it } from '@jest/globals';
import { placeOf } from './places';

describe('the place of a page', () => {
  it.each([
    ['/now', '/now'],
    ['/recordings/4', '/library'],
    ['/videos/4', '/library'],
    ['/library/recordings', '/library'],
    ['/streamers/4', '/streamers'],
    ['/audit/streams/recording-4', '/audit'],
    ['/storage/cleanup', '/storage'],
    ['/nowhere', undefined],
    ['/', undefined],
  ])('%s belongs to %s', (path, place) => expect(placeOf(path)).toBe(place));
});
