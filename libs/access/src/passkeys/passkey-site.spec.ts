import { describe, expect, it } from '@jest/globals';
import { passkeySiteOf } from './passkey-site.js';

const site = (protocol: string, host: string, publicUrl?: string) => passkeySiteOf({ protocol, host }, publicUrl);

describe('passkeys', () => {
  it('are for a name with https, and for this machine', () => {
    expect(site('https', 'vault.example')).toEqual({ id: 'vault.example', origin: 'https://vault.example' });
    expect(site('https', 'vault.example:8443')).toEqual({
      id: 'vault.example',
      origin: 'https://vault.example:8443',
    });
    expect(site('http', 'localhost:8000')).toEqual({ id: 'localhost', origin: 'http://localhost:8000' });
  });

  it.each([
    ['http', 'vault.example'],
    ['http', '192.168.1.5:8000'],
    ['http', '127.0.0.1:8000'],
    ['https', '192.168.1.5'],
    ['https', '[fd00::1]:8000'],
    ['https', ''],
  ])('do not exist at %s://%s', (protocol, host) => expect(site(protocol, host)).toBeUndefined());

  it('are for PUBLIC_URL at its name, although a proxy hides that it is https, and for no other name', () => {
    const publicUrl = 'https://vault.example/';
    expect(site('http', 'vault.example', publicUrl)).toEqual({ id: 'vault.example', origin: 'https://vault.example' });
    expect(site('http', 'localhost:8000', publicUrl)).toEqual({ id: 'localhost', origin: 'http://localhost:8000' });
    expect(site('http', '192.168.1.5', publicUrl)).toBeUndefined();
  });
});
