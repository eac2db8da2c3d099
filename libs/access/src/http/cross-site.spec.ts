import { describe, expect, it } from '@jest/globals';
import type { IncomingHttpHeaders } from 'node:http';
import { isFollowedLink, isFromElsewhere, saysWhereFrom } from './cross-site.js';

const origin = 'http://192.168.1.5:8000';
const asked = (headers: IncomingHttpHeaders) => ({ method: 'POST', headers, origin });

describe('a request', () => {
  it.each<[string, IncomingHttpHeaders]>([
    ['the browser says so', { 'sec-fetch-site': 'same-origin' }],
    ['somebody typed it', { 'sec-fetch-site': 'none' }],
    ['its origin is ours', { origin }],
    ['its origin is ours, written otherwise', { origin: 'HTTP://192.168.1.5:8000' }],
    ['it refers to a page of ours', { referer: `${origin}/library?q=1` }],
    ['a program made it', {}],
  ])('is ours if %s', (_, headers) => expect(isFromElsewhere(asked(headers))).toBe(false));

  it.each<[string, IncomingHttpHeaders]>([
    ['comes from another site', { 'sec-fetch-site': 'cross-site', origin }],
    ['comes from a neighbour', { 'sec-fetch-site': 'same-site', origin }],
    ['has another origin', { origin: 'http://evil.example' }],
    ['has another port', { origin: 'http://192.168.1.5:8080' }],
    ['has another scheme', { origin: 'https://192.168.1.5:8000' }],
    ['hides its origin', { origin: 'null' }],
    ['refers to another page', { referer: 'http://evil.example/' }],
    ['refers to nonsense', { referer: 'about:client' }],
  ])('is from elsewhere if it %s', (_, headers) => expect(isFromElsewhere(asked(headers))).toBe(true));

  it('says where it is from, or does not', () => {
    expect(saysWhereFrom(asked({}))).toBe(false);
    for (const headers of [{ origin }, { referer: origin }, { 'sec-fetch-site': 'none' }])
      expect(saysWhereFrom(asked(headers))).toBe(true);
  });
});

describe('a read from elsewhere', () => {
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  it.each([
    [link],
    // Without encryption, to an address of a private network, browsers send no fetch metadata.
    [{ referer: 'http://chat.example/', accept: 'text/html,application/xhtml+xml' }],
  ])('may be a link that a user follows: %j', (headers) => expect(isFollowedLink(asked(headers))).toBe(true));

  it.each([
    [{ ...link, 'sec-fetch-dest': 'iframe' }],
    [{ ...link, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    [{ ...link, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ referer: 'http://evil.example/', accept: 'image/webp,*/*' }],
    [{ origin: 'http://evil.example', accept: 'text/html' }],
  ])('may be a part that another page shows: %j', (headers) => expect(isFollowedLink(asked(headers))).toBe(false));
});
