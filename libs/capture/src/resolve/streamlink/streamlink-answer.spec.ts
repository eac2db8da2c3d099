import { describe, expect, it } from '@jest/globals';
import { SourceUnavailable } from '../source-unavailable.js';
import { isTooOld, readAnswer, readVersion, streamlinkArguments } from './streamlink-answer.js';

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
])('the quality %s is asked for as %s', (quality, names) => {
  expect(streamlinkArguments('https://a.example/x', quality)).toEqual(['--json', 'https://a.example/x', names]);
});

it('versions are read and compared', () => {
  expect(readVersion('streamlink 8.6.2\n')).toBe('8.6.2');
  expect(readVersion('bash: no such thing')).toBeUndefined();
  expect(['5.2.1', '7.3.0', '8.0.0', '10.1'].map((version) => isTooOld(version))).toEqual([true, true, false, false]);
});

describe('an answer', () => {
  it('of HLS goes to the HLS engine, with the headers that belong to the source', () => {
    const text = JSON.stringify({
      type: 'hls',
      url: 'https://cdn.example/720p.m3u8',
      master: 'https://cdn.example/master.m3u8',
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
    ['{"type": "hls", "url": "file:///etc/passwd"}', 'unsupported'],
    ['Traceback (most recent call last):', 'query-changed'],
    ['', 'query-changed'],
  ])('%s means %s', (text, problem) => {
    const error = problemOf(text);
    expect(error.problem).toBe(problem);
    expect(error.message).not.toContain('secret');
  });
});
