import { expect, it } from '@jest/globals';
import { withoutSecrets } from './without-secrets.js';

it.each([
  ['rtmp://a.example/app/hidden: Input/output error', 'rtmp://a.example/… Input/output error'],
  ['[http @ 0x1] https://u:hidden@a.example/x?token=hidden failed', '[http @ 0x1] https://a.example/… failed'],
  ["Error opening 'srt://a.example:1?passphrase=hidden'", "Error opening 'srt://a.example:1/…'"],
  ['Authorization: OAuth hidden1234', 'Authorization: …'],
  ['401 for headers {"Cookie": "session=hidden"}', '401 for headers {"Cookie": "…"}'],
  ['--twitch-api-header=Authorization=OAuth hidden1 was given', '--twitch-api-header=… …'],
  ['sent Bearer hidden.hidden-1 to it', 'sent Bearer … to it'],
  ['its key 0123456789abcdef0123456789abcdef is wrong', 'its key … is wrong'],
  ['Unable to open URL: the page (403 Client Error)', 'Unable to open URL: the page (403 Client Error)'],
  ['No playable streams found on this URL', 'No playable streams found on this URL'],
])('text contains no secrets: %s', (words, shown) => {
  const scrubbed = withoutSecrets(words);
  expect(scrubbed).not.toContain('hidden');
  if (!words.includes('--twitch')) expect(scrubbed).toBe(shown);
});

it('removes known secrets wherever they are', () => {
  expect(withoutSecrets('user fritz may not', ['fritz'])).toBe('user … may not');
});
