import { AllowedHosts, bareHost, ForbiddenAddress, reachOf } from '@streamvault/network';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

const nothing = new AllowedHosts([]);

/**
 * Clouds serve their credentials at metadata and other link-local addresses: no notice goes there, whatever the
 * settings allow. Names are looked up here for that alone; each address is checked again when it is dialled.
 * @throws ForbiddenAddress, and errors of the look-up
 */
export async function requireTarget({ hostname }: URL): Promise<void> {
  const host = bareHost(hostname);
  const found = isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host }];
  for (const { address } of found) {
    const reach = await reachOf(address, 'given', nothing, () => Promise.resolve([]));
    if (reach === 'link-local') throw new ForbiddenAddress(host, address);
  }
}
