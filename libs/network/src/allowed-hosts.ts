import { BlockList, isIP } from 'node:net';
import { bareHost } from './address-class.js';

const NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

/**
 * The hosts in private networks that any source may lead to. An entry is a name (`cam.example.org`), all names below
 * one (`*.example.org`), an address, a range (`192.168.1.0/24`), or `*` for every host.
 */
export class AllowedHosts {
  readonly #everything: boolean;
  readonly #names = new Set<string>();
  readonly #suffixes: string[] = [];
  readonly #addresses = new BlockList();

  /** @throws Error that names the first malformed entry */
  constructor(entries: readonly string[]) {
    this.#everything = entries.includes('*');
    for (const entry of entries) {
      if (entry !== '*') this.#add(bareHost(entry.trim()), entry);
    }
  }

  /** Whether all entries are well-formed. */
  static understands(entries: readonly string[]): boolean {
    try {
      return new AllowedHosts(entries) instanceof AllowedHosts;
    } catch {
      // The caller asked only whether, and the error might reveal an entry.
      return false;
    }
  }

  #add(host: string, entry: string): void {
    const [address = '', bits] = host.split('/');
    const version = isIP(address);
    const width = version === 4 ? 32 : 128;
    if (version !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= width))) {
      this.#addresses.addSubnet(address, Number(bits ?? width), version === 4 ? 'ipv4' : 'ipv6');
    } else if (!NAME.test(host) || /^[\d.]+$/.test(host)) {
      throw new Error(`“${entry}” is neither a host name, nor an address, nor a range of addresses, nor *`);
    } else if (host.startsWith('*.')) this.#suffixes.push(host.slice(1));
    else this.#names.add(host);
  }

  allowsName(host: string): boolean {
    return this.#everything || this.#names.has(host) || this.#suffixes.some((suffix) => host.endsWith(suffix));
  }

  allowsAddress(written: string): boolean {
    const address = written.split('%', 1)[0] ?? '';
    const version = isIP(address);
    return this.#everything || (version !== 0 && this.#addresses.check(address, version === 4 ? 'ipv4' : 'ipv6'));
  }
}
