import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { classOfAddress, isLocalName, type AddressClass } from './address-class.js';
import type { AllowedHosts } from './allowed-hosts.js';

/** A class of network that requests can go to. */
export type Reach = Exclude<AddressClass, 'special'>;

/** What led to a request: its user typed the address (`given`), or it was read from a network of that class. */
export type LedFrom = Reach | 'given';

/** An address that this request may not be led to. */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
  constructor(
    readonly host: string,
    /** Undefined if the name alone is enough to tell. */
    readonly address?: string,
  ) {
    super(`${host} leads into a private network`);
  }
}

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

/** Whether an address may be dialled by a request that is meant for a class of network. */
export function mayDial(host: string, address: string, reach: Reach, allowed: AllowedHosts): boolean {
  return classOfAddress(address) === reach || allowed.allowsName(host) || allowed.allowsAddress(address);
}

/**
 * The network in which a request is made. It ensures that nothing leads from a public source to a private address: a
 * public source leads to public addresses only, a private one also to others of its own class. A typed private address,
 * or a typed name of one's own network, leads where it says. Allowed hosts count as public. This only sorts names: each
 * address is checked when it is dialled.
 * @throws ForbiddenAddress and any error of the look-up
 */
export async function reachOf(host: string, from: LedFrom, allowed: AllowedHosts, resolve: Resolve): Promise<Reach> {
  if (isIP(host) !== 0) return reachOfAddress(host, from, allowed);
  if (allowed.allowsName(host)) return 'public';
  const local = from === 'given' && isLocalName(host);
  if (!local && (from === 'given' || from === 'public')) return 'public';
  const classes = (await resolve(host)).map(({ address }) =>
    allowed.allowsAddress(address) ? 'public' : classOfAddress(address),
  );
  if (from === 'given') return classes.find(isReach) ?? 'public';
  return classes.includes(from) ? from : 'public';
}

/**
 * The same if a proxy looks names up: private addresses and names are recognized by their text, and the rest is up to
 * the proxy.
 * @throws ForbiddenAddress
 */
export function reachBeyondProxy(host: string, from: LedFrom, allowed: AllowedHosts): Reach {
  if (isIP(host) !== 0) return reachOfAddress(host, from, allowed);
  if (allowed.allowsName(host) || !isLocalName(host)) return 'public';
  if (from === 'public') throw new ForbiddenAddress(host);
  return from === 'given' ? 'private' : from;
}

function reachOfAddress(address: string, from: LedFrom, allowed: AllowedHosts): Reach {
  if (allowed.allowsAddress(address)) return 'public';
  const found = classOfAddress(address);
  if (!isReach(found) || (found !== 'public' && from !== 'given' && from !== found)) {
    throw new ForbiddenAddress(address, address);
  }
  return found;
}

const isReach = (found: AddressClass): found is Reach => found !== 'special';
