import { describe, expect, it } from '@jest/globals';
import { parseStoryboard, tileAt } from './storyboard';

describe('a storyboard', () => {
  const text = `WEBVTT

00:00:00.000 --> 00:00:02.000
storyboard/0#xywh=0,0,160,90

00:00:02.000 --> 01:00:04.500
storyboard/1#xywh=160,90,160,90
`;
  const tiles = parseStoryboard(text, '/api/videos/7/storyboard.vtt');

  it('is read with addresses of its own place', () => {
    expect(tiles).toHaveLength(2);
    expect(tiles[1]).toMatchObject({ from: 2, to: 3604.5, x: 160, y: 90, width: 160, height: 90 });
    expect(new URL(tiles[1]!.url).pathname).toBe('/api/videos/7/storyboard/1');
  });

  it('has a picture for every moment behind its first', () => {
    expect(tileAt(tiles, 1.9)).toBe(tiles[0]);
    expect(tileAt(tiles, 99_999)).toBe(tiles[1]);
    expect(tileAt([], 3)).toBeUndefined();
  });

  it('is nothing where the text is something else', () => {
    expect(parseStoryboard('<html></html>', '/x')).toEqual([]);
  });
});
