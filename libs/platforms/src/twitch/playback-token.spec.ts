import { describe, expect, it } from '@jest/globals';
import { SourceUnavailable } from '../source-unavailable.js';
import { readLive, readToken, tokenQuestion } from './playback-token.js';
import { DEFAULT_TWITCH_SETTINGS } from './twitch-settings.js';
import { readRefusal, usherAddress } from './usher.js';

const token = (more: object = {}, value: object | string = {}) => ({
  data: {
    user: { id: '1' },
    streamPlaybackAccessToken: {
      value: typeof value === 'string' ? value : JSON.stringify(value),
      signature: 'abc',
      authorization: { isForbidden: false, forbiddenReasonCode: 'NONE' },
      ...more,
    },
  },
});

const problemOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof SourceUnavailable) return error.problem;
    throw error;
  }
  return 'none';
};

describe('the question for a token', () => {
  it('is sent in full, not as the hash of a stored query, which Twitch may retire', () => {
    const { query, variables } = tokenQuestion('somebody');
    expect(query).toContain('streamPlaybackAccessToken(channelName: $login');
    expect(JSON.stringify(tokenQuestion('somebody'))).not.toMatch(/persistedQuery|sha256/i);
    expect(variables).toMatchObject({ login: 'somebody' });
  });
});

describe('an answer about a token', () => {
  it('is the token, even with additional fields', () => {
    const answer = {
      ...token({ __typename: 'PlaybackAccessToken' }, 'opaque'),
      extensions: { durationMilliseconds: 3 },
    };
    expect(readToken('somebody', answer)).toEqual({ value: 'opaque', signature: 'abc' });
    expect(readToken('somebody', token({ authorization: null }, 'x')).signature).toBe('abc');
  });

  it.each([
    ['not-found', { data: { user: null, streamPlaybackAccessToken: null } }],
    ['token-refused', { data: { user: { id: '1' }, streamPlaybackAccessToken: null } }],
    ['geo-blocked', token({ authorization: { isForbidden: true, forbiddenReasonCode: 'GEO_BLOCKED' } })],
    ['subscribers-only', token({ authorization: { isForbidden: true, forbiddenReasonCode: 'SUBSCRIBER_ONLY' } })],
    ['token-refused', token({ authorization: { isForbidden: true, forbiddenReasonCode: null } })],
    ['geo-blocked', token({}, { geoblock_reason: 'DE' })],
    ['geo-blocked', token({}, { ci_gb: true })],
    ['subscribers-only', token({}, { private: { allowed_to_view: false } })],
    ['token-refused', token({}, { authorization: { forbidden: true, reason: 'BANNED' } })],
    ['query-changed', { errors: [{ message: 'PersistedQueryNotFound' }] }],
    ['query-changed', { errors: [{ message: 'Cannot query field "signature" on type "X".' }] }],
    ['query-changed', { data: { user: { id: '1' }, playbackAccessToken: { value: 'x' } } }],
    ['query-changed', { data: { user: { id: '1' }, streamPlaybackAccessToken: { value: 'x' } } }],
    ['query-changed', []],
    ['query-changed', null],
    ['token-refused', { errors: [{ message: 'failed integrity check' }], data: {} }],
    ['unreachable', { errors: [{ message: 'service timeout' }], data: null }],
  ])('means %s', (problem, answer) => {
    expect(problemOf(() => readToken('somebody', answer))).toBe(problem);
  });
});

it.each([
  ['live', { data: { user: { id: '1', stream: { id: '2' } } } }],
  ['offline', { data: { user: { id: '1', stream: null } } }],
  ['offline', { data: { user: null } }],
])('a channel is %s by the answer', (word, answer) => {
  expect(readLive(answer)).toBe(word);
});

it('an invalid answer says nothing about a channel', () => {
  expect(problemOf(() => readLive({ data: {} }))).toBe('query-changed');
});

describe('usher', () => {
  it('is called in version 2, with the token unchanged', () => {
    const settings = { ...DEFAULT_TWITCH_SETTINGS, usherUrl: 'http://127.0.0.1:1/base/', codecs: 'h264,av1' };
    const value = '{"a":"b&c=d +"}';
    const url = new URL(
      usherAddress(settings, { of: { login: 'somebody' }, token: { value, signature: 's' }, p: 7, session: 'f00' }),
    );
    expect(url.pathname).toBe('/base/api/v2/channel/hls/somebody.m3u8');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      token: value,
      sig: 's',
      p: '7',
      play_session_id: 'f00',
      allow_source: 'true',
      allow_audio_only: 'true',
      supported_codecs: 'h264,av1',
      playlist_include_framerate: 'true',
    });
  });

  it.each([
    [404, '[{"error":"transcode does not exist","type":"error"}]', 'offline'],
    [403, '[{"error":"x","error_code":"content_geoblocked","type":"error"}]', 'geo-blocked'],
    [403, '[{"error_code":"unauthorized_entitlements"}]', 'subscribers-only'],
    [403, '{"error_code":"nauth_token_expired"}', 'token-refused'],
    [403, '<html>', 'token-refused'],
    [401, '', 'token-refused'],
    [429, '', 'unreachable'],
    [503, '', 'unreachable'],
    [400, '[{"error":"bad request"}]', 'query-changed'],
  ])('%d with %s means %s', (status, body, problem) => {
    expect(readRefusal('somebody', status, body).problem).toBe(problem);
  });
});
