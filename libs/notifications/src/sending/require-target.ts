import { AllowedHosts, bareHost, ForbiddenAddress, reachOf } from '@streamvault/network';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

const nothing = new AllowedHosts([]);

/**
 * Metadata and other link-local addresses are where clouds keep their credentials: whatever the settings allow, no notice goes there.
 * Names are looked up here for that alone; each address is checked again when it is dialled.
 *
 * @throws ForbiddenAddress, and whatever the look-up throws
 */
export async function requireTarget({ hostname }: URL): Promise<void> {
  const host = bareHost(hostname);
  const found = isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host }];
  for (const { address } of found) {
    const reach = await reachOf(address, 'given', nothing, () => Promise.resolve([]));
    if (reach === 'link-local') throw new ForbiddenAddress(host, address);
  }
}
