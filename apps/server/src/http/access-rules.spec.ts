import { describe, expect, it } from '@jest/globals';
import type { IncomingHttpHeaders } from 'node:http';
import { AccessRules } from './access-rules.js';

const home = { host: '127.0.0.1', publicUrl: undefined, allowOpenAccess: false, allowedHosts: [] };
const code = (run: () => void): string => {
  try {
    run();
    return 'let through';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const check = (
  settings: Partial<ConstructorParameters<typeof AccessRules>[0]>,
  method: string,
  headers: IncomingHttpHeaders | { host: undefined },
): string => code(() => new AccessRules({ ...home, ...settings }).check(method, headers as IncomingHttpHeaders));

describe('access without accounts', () => {
  it.each(['127.0.0.1:8000', 'localhost:8000', '[::1]:8000', 'LOCALHOST'])('answers to %s', (host) =>
    expect(check({}, 'GET', { host })).toBe('let through'),
  );

  it.each(['evil.example', 'evil.example:8000', '127.0.0.1.evil.example', '192.168.1.4:8000', '', undefined])(
    'refuses the foreign host %s, as a rebound name would send it',
    (host) => expect(check({}, 'GET', { host })).toBe('request.foreign-host'),
  );

  it('answers to names that the settings give, and to plain addresses where open access is meant', () => {
    expect(check({ publicUrl: 'https://tv.example' }, 'GET', { host: 'tv.example' })).toBe('let through');
    expect(check({ allowedHosts: ['nas.local'] }, 'GET', { host: 'nas.local:8000' })).toBe('let through');
    expect(check({ allowOpenAccess: true }, 'GET', { host: '192.168.1.4:8000' })).toBe('let through');
    expect(check({ allowOpenAccess: true }, 'GET', { host: 'evil.example' })).toBe('request.foreign-host');
  });

  const host = 'localhost:8000';
  it.each([
    [{ host, 'sec-fetch-site': 'cross-site' }],
    [{ host, 'sec-fetch-site': 'same-site' }],
    [{ host, origin: 'http://evil.example' }],
    [{ host, origin: 'http://localhost:9999' }],
    [{ host, origin: 'null' }],
  ])('refuses a write from another site: %j', (headers) => {
    expect(check({}, 'POST', headers)).toBe('request.cross-site');
    expect(check({}, 'GET', headers)).toBe('request.cross-site');
  });

  const link = { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  it.each([
    [link],
    [{ ...link, 'sec-fetch-site': 'same-site' }],
    // In the clear, to an address of a private network, browsers send no fetch metadata.
    [{ host, referer: 'http://chat.example/', accept: 'text/html,application/xhtml+xml' }],
    [{ host, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    [{ host, referer: `http://${host}/videos`, accept: 'image/webp,*/*' }],
    [{ host, accept: '*/*' }],
  ])('lets somebody follow a link, and the console read: %j', (headers) =>
    expect(check({}, 'GET', headers)).toBe('let through'),
  );

  it.each([
    [{ ...link, 'sec-fetch-dest': 'iframe' }],
    [{ ...link, 'sec-fetch-dest': 'object' }],
    [{ ...link, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    [{ ...link, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'video' }],
    [{ ...link, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    [{ host, 'sec-fetch-site': 'cross-site' }],
    [{ host, referer: 'http://evil.example/', accept: 'image/webp,*/*' }],
    [{ host, origin: 'http://evil.example', accept: 'text/html' }],
  ])('refuses another site to show or read anything: %j', (headers) => {
    expect(check({}, 'GET', headers)).toBe('request.cross-site');
    expect(check({}, 'HEAD', headers)).toBe('request.cross-site');
  });

  it.each([
    [{ host }],
    [{ host, 'sec-fetch-site': 'none' }],
    [{ host, 'sec-fetch-site': 'same-origin', origin: 'http://localhost:8000' }],
  ])('takes a write from its own console or from a script: %j', (headers) =>
    expect(check({}, 'DELETE', headers)).toBe('let through'),
  );
});
