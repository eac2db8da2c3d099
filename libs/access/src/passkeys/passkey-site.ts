import { isIP } from 'node:net';

/** For what passkeys are made, and from where they are used (WebAuthn, section 5.1.2: relying party id and origin). */
export interface PasskeySite {
  /** A host name. */
  readonly id: string;
  readonly origin: string;
}

/**
 * The site of a request, or undefined where browsers have no passkeys: at an address instead of a name, or without
 * https. This machine's own name needs no https.
 *
 * PUBLIC_URL counts where people use its name, because a proxy that is not trusted hides that it was https.
 */
export function passkeySiteOf(
  { protocol, host }: { readonly protocol: string; readonly host: string },
  publicUrl: string | undefined,
): PasskeySite | undefined {
  const requested = URL.parse(`${protocol}://${host}`);
  const told = publicUrl === undefined ? null : URL.parse(publicUrl);
  const address = told !== null && told.hostname === requested?.hostname ? told : requested;
  if (address === null) return undefined;
  const { hostname, origin } = address;
  if (isIP(hostname.replaceAll(/[[\]]/g, '')) !== 0) return undefined;
  const isThisMachine = hostname === 'localhost' || hostname.endsWith('.localhost');
  return address.protocol === 'https:' || isThisMachine ? { id: hostname, origin } : undefined;
}
