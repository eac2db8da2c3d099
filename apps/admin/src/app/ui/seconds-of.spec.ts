import { expect, it } from '@jest/globals';
import { secondsOf } from './seconds-of';

it.each([
  ['90', 90],
  ['90s', 90],
  ['1h2m3s', 3723],
  ['2m', 120],
  ['', null],
  [undefined, null],
  ['soon', null],
  ['-5', null],
])('%p is %p seconds', (text, seconds) => expect(secondsOf(text)).toBe(seconds));
