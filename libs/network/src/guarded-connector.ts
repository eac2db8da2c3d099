import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { buildConnector } from 'undici';
import { bareHost } from './address-class.js';
import { dialler, type Dialling } from './dialler.js';
import { ForbiddenAddress } from './reach.js';

export type LookupAll = (
  host: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export const lookupAll: LookupAll = (host, options, callback) => systemLookup(host, options, callback);

export interface Guard {
  mayDial(host: string, address: string): boolean;
  readonly lookup: LookupAll;
}

/**
 * A connector that asks the guard about the very address that is dialled: a name that leads somewhere else than a
 * moment ago (DNS rebinding) gains nothing. Only the permitted addresses of a name are tried; without any it fails with
 * ForbiddenAddress.
 */
export function guardedConnector(guard: Guard, dialling: Dialling): buildConnector.connector {
  const lookup: LookupFunction = (hostname, { all, ...rest }, callback) => {
    guard.lookup(hostname, { ...rest, all: true }, (error, addresses) => {
      const host = bareHost(hostname);
      const fit = error === null ? addresses.filter(({ address }) => guard.mayDial(host, address)) : [];
      const [first] = fit;
      if (error !== null) callback(error, []);
      else if (first === undefined) callback(new ForbiddenAddress(host, addresses[0]?.address), []);
      else if (all === true) callback(null, fit);
      else callback(null, first.address, first.family);
    });
  };
  const connect = dialler({ ...dialling, lookup });
  return (target, callback) => {
    const host = bareHost(target.hostname);
    // An IP address is not looked up, so it is checked here.
    if (isIP(host) !== 0 && !guard.mayDial(host, host)) callback(new ForbiddenAddress(host, host), null);
    else connect(target, callback);
  };
}
