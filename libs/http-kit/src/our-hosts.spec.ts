import { describe, expect, it } from '@jest/globals';
import { OurHosts } from './our-hosts.js';

const home = { host: '127.0.0.1', publicUrl: undefined, allowedHosts: [] };
const answers = (
  host: string | undefined,
  settings: Partial<ConstructorParameters<typeof OurHosts>[0]> = {},
): boolean => {
  try {
    new OurHosts({ ...home, ...settings }).check(host);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'request.foreign-host' });
    return false;
  }
};

describe('the names that a server answers to', () => {
  it.each(['127.0.0.1:8000', 'localhost:8000', '[::1]:8000', 'LOCALHOST', '192.168.1.4:8000', '[fd00::1]'])(
    'include its own and plain addresses: %s',
    (host) => expect(answers(host)).toBe(true),
  );

  it.each(['evil.example', 'evil.example:8000', '127.0.0.1.evil.example', '', undefined])(
    'do not include %s, as a rebound name would send it',
    (host) => expect(answers(host)).toBe(false),
  );

  it('include those of the settings', () => {
    expect(answers('tv.example', { publicUrl: 'https://tv.example' })).toBe(true);
    expect(answers('nas.local:8000', { allowedHosts: ['nas.local'] })).toBe(true);
    expect(answers('nas.local:8000')).toBe(false);
  });
});
