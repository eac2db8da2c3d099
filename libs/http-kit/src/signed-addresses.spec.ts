import { describe, expect, it } from '@jest/globals';
import { signed, signPlaylist, withoutSecrets } from './signed-addresses.js';

const signature = 'exp=1&by=sa&sig=b';

describe('a signed playlist', () => {
  it('signs every child, including addresses in tags, and nothing else', () => {
    const playlist = [
      '#EXTM3U',
      '#EXT-X-MEDIA:TYPE=AUDIO,URI="sound.m3u8",NAME="sound"',
      '#EXT-X-MAP:URI="parts/1.mp4",BYTERANGE="800@0"',
      '#EXTINF:2.0,',
      'parts/1.mp4',
      '',
    ].join('\n');
    expect(signPlaylist(playlist, signature).split('\n')).toEqual([
      '#EXTM3U',
      `#EXT-X-MEDIA:TYPE=AUDIO,URI="sound.m3u8?${signature}",NAME="sound"`,
      `#EXT-X-MAP:URI="parts/1.mp4?${signature}",BYTERANGE="800@0"`,
      '#EXTINF:2.0,',
      `parts/1.mp4?${signature}`,
      '',
    ]);
    expect(signPlaylist(playlist, '')).toBe(playlist);
  });

  it('keeps a fragment after the signature', () => {
    expect(signed('storyboard/0#xywh=0,0,160,90', signature)).toBe(`storyboard/0?${signature}#xywh=0,0,160,90`);
  });
});

it('an address for a log contains nothing that opens something', () => {
  expect(withoutSecrets('/s/abcdef?x=1')).toBe('/s/***?x=1');
  expect(withoutSecrets('/api/videos/1/stream?exp=1&by=sa&sig=secret')).toBe(
    '/api/videos/1/stream?exp=1&by=sa&sig=***',
  );
  expect(withoutSecrets('/api/session/oidc/callback?code=a&state=b')).toBe(
    '/api/session/oidc/callback?code=***&state=***',
  );
});
