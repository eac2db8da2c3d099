import type { AllowedHosts } from '@streamvault/network';
import type { Connections } from '@streamvault/network';
import { DIRECT, ProxyFailure, routesOf } from '@streamvault/network';
import { Relay } from '@streamvault/network';
import type { CaptureSource } from '../port.js';
import { SourceUnavailable } from '@streamvault/platforms';
import { assertReachable } from './assert-reachable.js';
import { isWeb } from './ffmpeg-arguments.js';

/**
 * The way by which ffmpeg gets to a source: over HTTP a relay, which takes the source's proxies and looks at every address as it is
 * dialled. For the rest it has no way but its own, so that is refused where its owner wants no other than proxies.
 * @throws SourceUnavailable
 */
export async function openWay(
  source: CaptureSource,
  { allowed, connections }: { readonly allowed: AllowedHosts; readonly connections: Connections },
): Promise<Relay | undefined> {
  try {
    if (isWeb(source.url)) return await Relay.open(connections, source);
    if (!routesOf(source.proxies).includes(DIRECT)) throw withoutProxy(source.url);
  } catch (error) {
    if (error instanceof ProxyFailure) throw new SourceUnavailable('proxy-failed', error.message, { cause: error });
    throw error;
  }
  await assertReachable(source, allowed);
  return undefined;
}

function withoutProxy(url: string): SourceUnavailable {
  const scheme = URL.parse(url)?.protocol.slice(0, -1).toUpperCase() ?? '';
  return new SourceUnavailable(
    'unsupported',
    `${scheme} does not go through a proxy, and this channel is to be had by proxies only. Add direct to its proxies, if it may be had without.`,
  );
}
