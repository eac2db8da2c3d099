import type { AllowedHosts } from '@streamvault/network';
import type { Connections } from '@streamvault/network';
import { DIRECT, ProxyFailure, routesOf, RtmpRelay, RtspRelay, WebRelay } from '@streamvault/network';
import type { CaptureSource } from '../port.js';
import { SourceUnavailable } from '@streamvault/platforms';
import { assertReachable } from './assert-reachable.js';
import { assertRecordable, isWeb, schemeOf } from './ffmpeg-arguments.js';
import { safeSrtAddress } from './srt-address.js';

/** How ffmpeg reaches a source. */
export interface Way {
  /** What ffmpeg is told to open. */
  readonly url: string;
  /** `url` must stay secret: it is handed over through a pipe. */
  readonly isSecret?: boolean;
  /** Options before the input. */
  readonly options?: readonly string[];
  /** Variables beside the environment that every child process gets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What kept ffmpeg from the source, if that is known better than from its own output. */
  readonly failure?: { readonly error: unknown; readonly address: string } | undefined;
  close?(): Promise<void>;
}

interface Services {
  readonly allowed: AllowedHosts;
  readonly connections: Connections;
}

/**
 * How ffmpeg gets to a source. Over HTTP, RTSP and RTMP it uses a relay, which takes the source's proxies and checks
 * every address as it is dialled. SRT cannot go through a relay, so it is refused if the source may be reached through
 * proxies only.
 * @throws SourceUnavailable
 */
export async function openWay(source: CaptureSource, services: Services): Promise<Way> {
  assertRecordable(source.url);
  try {
    if (isWeb(source.url)) return await WebRelay.open(services.connections, source);
    if (/^rtsps?:/i.test(source.url))
      return await RtspRelay.open(services.connections, { ...source, ...loginOf(source) });
    if (/^rtmps?:/i.test(source.url)) return await RtmpRelay.open(services.connections, source);
    if (!routesOf(source.proxies).includes(DIRECT)) throw withoutProxy(source.url);
  } catch (error) {
    if (error instanceof ProxyFailure) throw new SourceUnavailable('proxy-failed', error.message, { cause: error });
    throw error;
  }
  const address = await assertReachable(source, services.allowed);
  return { url: safeSrtAddress(source.url, { address, passphrase: source.credentials?.passphrase }), isSecret: true };
}

function loginOf({ credentials }: CaptureSource): {
  readonly login?: { readonly user: string; readonly password: string };
} {
  const { user = '', password = '' } = credentials ?? {};
  return user === '' && password === '' ? {} : { login: { user, password } };
}

function withoutProxy(url: string): SourceUnavailable {
  const scheme = schemeOf(url).toUpperCase();
  return new SourceUnavailable(
    'unsupported',
    `${scheme} does not go through a proxy, and this streamer may be reached by proxies only. Add direct to its proxies, if it may be reached without.`,
  );
}
