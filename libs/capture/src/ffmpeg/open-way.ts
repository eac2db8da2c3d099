import type { AllowedHosts } from '@streamvault/network';
import type { Connections } from '@streamvault/network';
import { DIRECT, ProxyFailure, routesOf, WebRelay } from '@streamvault/network';
import type { CaptureSource } from '../port.js';
import { SourceUnavailable } from '@streamvault/platforms';
import { assertReachable } from './assert-reachable.js';
import { assertRecordable, isWeb, schemeOf } from './ffmpeg-arguments.js';
import { safeSrtAddress } from './srt-address.js';

/** How ffmpeg gets to a source. */
export interface Way {
  /** What it is told to open. */
  readonly url: string;
  /** What it finds beside the environment of every child. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What kept it from the source, where that is known better than by its own words. */
  readonly failure?: { readonly error: unknown; readonly address: string } | undefined;
  close?(): Promise<void>;
}

interface Services {
  readonly allowed: AllowedHosts;
  readonly connections: Connections;
}

/**
 * The way by which ffmpeg gets to a source: over HTTP a relay, which takes the source's proxies and looks at every address as it is
 * dialled. For the rest it has no way but its own, so that is refused where its owner wants no other than proxies.
 * @throws SourceUnavailable
 */
export async function openWay(source: CaptureSource, services: Services): Promise<Way> {
  assertRecordable(source.url);
  try {
    if (isWeb(source.url)) return await WebRelay.open(services.connections, source);
    if (!routesOf(source.proxies).includes(DIRECT)) throw withoutProxy(source.url);
  } catch (error) {
    if (error instanceof ProxyFailure) throw new SourceUnavailable('proxy-failed', error.message, { cause: error });
    throw error;
  }
  const address = await assertReachable(source, services.allowed);
  return { url: schemeOf(source.url) === 'srt' ? safeSrtAddress(source.url, address) : source.url };
}

function withoutProxy(url: string): SourceUnavailable {
  const scheme = schemeOf(url).toUpperCase();
  return new SourceUnavailable(
    'unsupported',
    `${scheme} does not go through a proxy, and this channel may be reached by proxies only. Add direct to its proxies, if it may be reached without.`,
  );
}
