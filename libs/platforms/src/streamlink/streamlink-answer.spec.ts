import { describe, expect, it } from '@jest/globals';
import { SourceUnavailable } from '../source-unavailable.js';
import { isTooOld, readAnswer, readVersion, streamlinkArguments } from './streamlink-answer.js';

/** As streamlink 8.6.2 prints it, with other hosts, for a page with separate audio. */
const APART = `{
  "type": "hls",
  "url": "https://cdn.example/720.m3u8",
  "headers": {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:157.0) Gecko/20100101 Firefox/157.0",
    "Accept-Encoding": "gzip, deflate, zstd",
    "Accept": "*/*",
    "Connection": "keep-alive",
    "Referer": "https://site.example/channel/apart",
    "Cookie": "session=abc"
  },
  "master": "https://cdn.example/apart.m3u8",
  "metadata": {
    "id": null,
    "author": "Somebody",
    "category": null,
    "title": "Somebody\u2019s live show"
  }
}`;

/** The same, for a stream that needs a POST. */
const POSTED = `{
  "type": "http",
  "method": "POST",
  "url": "https://cdn.example/live.ts",
  "headers": {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:157.0) Gecko/20100101 Firefox/157.0",
    "Content-Length": "3",
    "Content-Type": "application/x-www-form-urlencoded"
  },
  "body": "a=b",
  "metadata": { "id": null, "author": "Somebody", "category": null, "title": null }
}`;

/** The same, for pages that could not be opened. */
const unopened = (reason: string) =>
  JSON.stringify({ error: `Unable to open URL: https://a.example/members/login.m3u8?key=secret (${reason})` });
const pool = (cause: string) => `HTTPSConnectionPool(host='a.example', port=443): ${cause}`;
const retried = (cause: string) =>
  pool(`Max retries exceeded with url: /members/login.m3u8?key=secret (Caused by ${cause})`);

const problemOf = (text: string) => {
  try {
    readAnswer(text);
  } catch (error) {
    if (error instanceof SourceUnavailable) return error;
    throw error;
  }
  throw new Error('It was an answer.');
};

it.each([
  ['best', 'best'],
  ['audio', 'audio_only,audio,worst'],
  ['720p60', '720p60,720p,best'],
  ['480p', '480p,best'],
])('the quality %s is requested as %s', (quality, names) => {
  expect(streamlinkArguments('https://a.example/x', quality).slice(-3)).toEqual([
    '--json',
    'https://a.example/x',
    names,
  ]);
});

it('it runs as if it had no ffmpeg: with one, it gives no address for separate video and audio', () => {
  const [option, program] = streamlinkArguments('https://a.example/x', 'best');
  expect([option, program]).toEqual(['--ffmpeg-ffmpeg', '/dev/null']);
});

it('versions are parsed and compared', () => {
  expect(readVersion('streamlink 8.6.2\n')).toBe('8.6.2');
  expect(readVersion('bash: no such thing')).toBeUndefined();
  expect(['5.2.1', '7.3.0', '8.0.0', '10.1'].map((version) => isTooOld(version))).toEqual([true, true, false, false]);
});

describe('an answer', () => {
  it('of HLS goes to the HLS engine, with the headers that belong to the source', () => {
    const text = JSON.stringify({
      type: 'hls',
      url: 'https://cdn.example/720p.m3u8',
      headers: { Referer: 'https://a.example/', 'Accept-Encoding': 'gzip', Connection: 'keep-alive', Cookie: 'a=b' },
      metadata: { title: 'x' },
    });
    expect(readAnswer(text)).toEqual({
      url: 'https://cdn.example/720p.m3u8',
      engine: 'hls',
      lookedUp: true,
      headers: { Referer: 'https://a.example/', Cookie: 'a=b' },
    });
  });

  it('that names the playlist of all qualities uses that, because it also says where the audio is', () => {
    const { url, headers } = readAnswer(APART);
    expect(url).toBe('https://cdn.example/apart.m3u8');
    expect(Object.keys(headers ?? {})).toEqual(['User-Agent', 'Accept', 'Referer', 'Cookie']);
  });

  it('that needs something sent cannot be recorded', () => {
    expect(problemOf(POSTED)).toMatchObject({ problem: 'unsupported', message: expect.stringContaining('POST') });
  });

  it.each(['dash', 'http'])('of %s goes to ffmpeg', (type) => {
    expect(readAnswer(JSON.stringify({ type, url: 'https://cdn.example/x', headers: {} })).engine).toBe('ffmpeg');
  });

  it.each([
    ['{"error": "No plugin can handle URL: https://a.example/?key=secret"}', 'unsupported'],
    ['{"error": "No playable streams found on this URL: https://a.example/?key=secret"}', 'offline'],
    ['{"error": "Unable to open URL: https://a.example/?key=secret (404 Client Error: Not Found)"}', 'not-found'],
    ['{"error": "Unable to open URL: https://a.example/?key=secret (403 Client Error)"}', 'token-refused'],
    ['{"error": "This content is not available in your country"}', 'geo-blocked'],
    ['{"error": "Read timed out"}', 'timeout'],
    ['{"error": "Something odd"}', 'unreachable'],
    ['{"type": "muxed-stream"}', 'unsupported'],
    ['{"type": "hls-multi", "metadata": {"id": null, "author": null, "category": null, "title": null}}', 'unsupported'],
    ['{"type": "hls", "url": "file:///etc/passwd"}', 'unsupported'],
    ['Traceback (most recent call last):', 'query-changed'],
    ['', 'query-changed'],
  ])('%s means %s', (text, problem) => {
    const error = problemOf(text);
    expect(error.problem).toBe(problem);
    expect(error.message).not.toContain('secret');
  });

  it.each([
    [retried('NewConnectionError("HTTPSConnection(host=\'a.example\', port=443): Connection refused")'), 'unreachable'],
    [
      retried('NameResolutionError("Failed to resolve \'a.example\' ([Errno -2] Name or service not known)")'),
      'unreachable',
    ],
    [pool('Read timed out. (read timeout=20.0)'), 'timeout'],
    ['503 Server Error: Service Unavailable for url: https://a.example/members/login.m3u8?key=secret', 'unreachable'],
    ['404 Client Error: Not Found for url: https://a.example/members/login.m3u8?key=secret', 'not-found'],
    ['401 Client Error: Unauthorized for url: https://a.example/members/login.m3u8?key=secret', 'token-refused'],
  ])('is judged by its message and not by words in an address: %s', (reason, problem) => {
    const error = problemOf(unopened(reason));
    expect(error.problem).toBe(problem);
    expect(error.message).not.toMatch(/secret|login\.m3u8/);
  });
});
