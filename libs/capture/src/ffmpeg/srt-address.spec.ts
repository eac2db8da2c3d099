import { describe, expect, it } from '@jest/globals';
import { SourceUnavailable } from '@streamvault/platforms';
import { safeSrtAddress } from './srt-address.js';

describe('the address of an SRT source', () => {
  it.each([
    ['srt://a.example:9000', 'srt://a.example:9000?mode=caller'],
    ['srt://a.example:9000?mode=caller&latency=2000000', 'srt://a.example:9000?latency=2000000&mode=caller'],
    ['srt://a.example:9000?streamid=%23!::r=live', 'srt://a.example:9000?streamid=%23%21%3A%3Ar%3Dlive&mode=caller'],
  ])('calls %s as %s', (written, called) => {
    expect(safeSrtAddress(written)).toBe(called);
  });

  it('has the IP address that was checked, so that it is not looked up again', () => {
    expect(safeSrtAddress('srt://a.example:9000', { address: '1.2.3.4' })).toBe('srt://1.2.3.4:9000?mode=caller');
    expect(safeSrtAddress('srt://a.example:9000', { address: '2606:4700::1' })).toBe(
      'srt://[2606:4700::1]:9000?mode=caller',
    );
  });

  it.each([
    'srt://a.example:9000?mode=listener',
    'srt://a.example:9000?mode=rendezvous',
    'srt://a.example:9000?mode=caller&mode=listener',
    'srt://:9000?mode=listener',
    'srt://a.example',
    'srt://a.example:9000?localaddr=0.0.0.0',
    'srt://a.example:9000?ffs=1&MODE=listener',
    'srt://a.example:9000?Mode=listener',
    'srt://a.example:9000?latency=1%26mode=listener',
    'srt://a.example:9000?passphrase=short',
    'srt://a.example:9000?transtype=file',
    'srt://a.example:9000?constructor=1',
  ])('%s is refused', (written) => {
    expect(() => safeSrtAddress(written)).toThrow(SourceUnavailable);
  });
});
