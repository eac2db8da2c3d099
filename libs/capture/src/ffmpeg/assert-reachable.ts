import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { bareHost } from '@streamvault/network';
import type { AllowedHosts } from '@streamvault/network';
import { ForbiddenAddress, mayDial, reachOf } from '@streamvault/network';
import type { CaptureSource } from '../port.js';
import { SourceUnavailable } from '@streamvault/platforms';

const resolve = (host: string): Promise<readonly LookupAddress[]> => lookup(host, { all: true });

/**
 * Checks whether ffmpeg may be sent to an address that is not of the web. ffmpeg dials by itself, so the check happens
 * just before it connects, and cannot see where the address leads from there.
 * @returns an address that may be dialled, as it was just looked up
 * @throws SourceUnavailable if a public source leads into a private network
 */
export async function assertReachable({ url, lookedUp }: CaptureSource, allowed: AllowedHosts): Promise<string> {
  const host = bareHost(URL.parse(url)?.hostname ?? '');
  try {
    const reach = await reachOf(host, lookedUp === true ? 'public' : 'given', allowed, resolve);
    if (isIP(host) !== 0) return host;
    const addresses = await resolve(host);
    const fit = addresses.find(({ address }) => mayDial(host, address, reach, allowed));
    if (fit === undefined) throw new ForbiddenAddress(host);
    return fit.address;
  } catch (error) {
    if (!(error instanceof ForbiddenAddress))
      throw new SourceUnavailable('unreachable', `${host} cannot be looked up. Check the address and the network.`, {
        cause: error,
      });
    throw new SourceUnavailable(
      'unsupported',
      `${host} is in a private network, where public sources may not lead. If that is intended, add it to ALLOWED_PRIVATE_HOSTS.`,
    );
  }
}
