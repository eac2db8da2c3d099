import { expect, it } from '@jest/globals';
import { expiryOf } from './address-expiry.js';

const now = Date.parse('2026-11-22T12:00:00Z');
const then = Date.parse('2026-11-22T13:00:00Z');
const seconds = then / 1000;

it.each([
  [`https://cdn.example/live.m3u8?exp=${seconds}&sig=abc`],
  [`https://cdn.example/live.m3u8?Expires=${seconds}`],
  [`https://cdn.example/live.m3u8?e=${then}`],
  [`https://cdn.example/live.m3u8?hdnts=st=1~exp=${seconds}~acl=/*~hmac=ff`],
  [`https://cdn.example/expire/${seconds}/ei/x/live.m3u8`],
  [`https://cdn.example/live.m3u8?expires=${seconds + 9999}&exp=${seconds}`],
])('an address says when it expires: %s', (address) => {
  expect(expiryOf(address, now)).toBe(then);
});

it.each([
  ['https://cdn.example/live.m3u8'],
  ['https://cdn.example/live.m3u8?exp=300'],
  ['https://cdn.example/live.m3u8?expires=never'],
  [`https://cdn.example/live.m3u8?exp=${seconds - 7200}`],
  ['https://cdn.example/live.m3u8?exp=9999999999'],
  ['no address'],
])('no expiry is read from: %s', (address) => {
  expect(expiryOf(address, now)).toBeUndefined();
});
