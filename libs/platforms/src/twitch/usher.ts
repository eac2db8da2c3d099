import { z } from 'zod';
import { SourceUnavailable } from '../source-unavailable.js';
import { changed, forbidden, noVideo, refused, type PlaybackToken } from './playback-token.js';
import type { TwitchSettings } from './twitch-settings.js';

export interface UsherQuestion {
  /** The login of a channel that is live, or the id of a video. */
  readonly of: { readonly login: string } | { readonly video: string };
  readonly token: PlaybackToken;
  /** A number below ten million, to get past caches. */
  readonly p: number;
  /** 32 hexadecimal digits. */
  readonly session: string;
}

/** The address of the master playlist of a channel (usher, version 2) or a video. */
export function usherAddress({ usherUrl, codecs }: TwitchSettings, { of, token, p, session }: UsherQuestion): string {
  const path =
    'login' in of
      ? `api/v2/channel/hls/${encodeURIComponent(of.login)}.m3u8`
      : `vod/${encodeURIComponent(of.video)}.m3u8`;
  const url = new URL(path, usherUrl.replace(/\/*$/, '/'));
  url.search = new URLSearchParams({
    platform: 'web',
    player_backend: 'mediaplayer',
    play_session_id: session,
    p: String(p),
    allow_source: 'true',
    allow_audio_only: 'true',
    playlist_include_framerate: 'true',
    supported_codecs: codecs,
    sig: token.signature,
    token: token.value,
  }).toString();
  return url.href;
}

const complaint = z.object({ error: z.string().catch(''), error_code: z.string().catch('') });
const complaints = z.union([z.array(complaint), complaint.transform((one) => [one])]);

/**
 * The meaning of an answer other than a playlist. Usher explains itself in JSON: `[{"error", "error_code", "type"}]`.
 */
export function readRefusal(login: string, status: number, body: string): SourceUnavailable {
  const words = wordsOf(body);
  if (status === 404)
    return new SourceUnavailable('offline', `${login} is not live on Twitch. The recording can be started when it is.`);
  if (status === 403 && words !== '') return forbidden(login, words);
  if (status === 401 || status === 403) return refused(login, `HTTP ${status}`);
  if (status === 429) return new SourceUnavailable('unreachable', 'Twitch reports too many requests (HTTP 429).');
  if (status >= 500) return new SourceUnavailable('unreachable', `Twitch has a fault of its own (HTTP ${status}).`);
  return changed(`HTTP ${status}${words === '' ? '' : `: ${words}`}`);
}

/** The same for a video. */
export function readVideoRefusal(id: string, status: number, body: string): SourceUnavailable {
  if (status === 404 || status === 410) return noVideo(id);
  if (status === 403 && /restricted/i.test(wordsOf(body)))
    return new SourceUnavailable(
      'subscribers-only',
      `Video ${id} is for subscribers only. Set TWITCH_USER_TOKEN to the token of a subscriber.`,
    );
  return readRefusal(`video ${id}`, status, body);
}

function wordsOf(body: string): string {
  try {
    const said = complaints.safeParse(JSON.parse(body)).data ?? [];
    return said
      .flatMap(({ error, error_code: code }) => [code, error])
      .filter((word) => word !== '')
      .join(' ')
      .slice(0, 200);
  } catch {
    // A refusal without an explanation is still a refusal.
    return '';
  }
}
