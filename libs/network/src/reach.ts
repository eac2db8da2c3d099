import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { classOfAddress, isLocalName, type AddressClass } from './address-class.js';
import type { AllowedHosts } from './allowed-hosts.js';

/** A class of network that requests can go to. */
export type Reach = Exclude<AddressClass, 'special'>;

/** What led to a request: its user typed the address (`given`), or something that was read from such a network. */
export type LedFrom = Reach | 'given';

/** An address that this request may not be led to. */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
  constructor(
    readonly host: string,
    /** Undefined where the name alone tells. */
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
 * The network in which a request is made, so that nothing leads from a public source to a private address: what is public leads to
 * public addresses only, what is private also to others of its own class, and what a user typed wherever a private address or a name
 * of his own network says. Allowed hosts count as public. Names are only sorted here: each address is checked when it is dialled.
 * @throws ForbiddenAddress and whatever the look-up throws
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
 * The same where a proxy looks names up: addresses and names of private networks are told by how they are written, for the rest the
 * proxy answers.
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
