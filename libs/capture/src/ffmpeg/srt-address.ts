import { SourceUnavailable } from '@streamvault/platforms';

/** Parameters that an address may have (libsrt's options as ffmpeg names them). All but two are numbers. */
const PARAMETERS: Readonly<Record<string, RegExp>> = {
  mode: /^caller$/,
  transtype: /^live$/,
  streamid: /^[\x21-\x7e]{1,512}$/,
  passphrase: /^[\x21-\x7e]{10,79}$/,
  pbkeylen: /^(0|16|24|32)$/,
  latency: /^\d{1,9}$/,
  rcvlatency: /^\d{1,9}$/,
  peerlatency: /^\d{1,9}$/,
  lossmaxttl: /^\d{1,6}$/,
  enforced_encryption: /^[01]$/,
  connect_timeout: /^\d{1,6}$/,
  timeout: /^\d{1,10}$/,
};

const allowed = Object.keys(PARAMETERS).join(', ');

/**
 * The address of an SRT source in a form that is safe for ffmpeg: it only calls, and has only parameters known to be
 * harmless. `mode=listener`, for example, would open a port on this machine.
 * @param found the IP address of the host, so that it is not looked up a second time, and the passphrase
 * @throws SourceUnavailable
 */
export function safeSrtAddress(
  written: string,
  { address, passphrase }: { readonly address?: string; readonly passphrase?: string | undefined } = {},
): string {
  const url = URL.parse(written);
  if (url === null || url.hostname === '' || url.port === '')
    throw refused('An SRT address needs a host and a port: srt://host:9000.');
  for (const [name, value] of url.searchParams) {
    const known = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (known === undefined)
      throw refused(
        `The SRT address has the parameter ${name.slice(0, 40)}, which is not accepted. Accepted are: ${allowed}.`,
      );
    if (!known.test(value))
      throw refused(
        name === 'mode'
          ? 'StreamVault calls SRT sources and does not listen for them: leave mode out, and let the source listen.'
          : `The SRT address has a value for ${name} that is not accepted.`,
      );
  }
  const host = address === undefined ? url.hostname : address.includes(':') ? `[${address}]` : address;
  const query = new URLSearchParams([...url.searchParams].filter(([name]) => name !== 'mode'));
  if (passphrase !== undefined) query.set('passphrase', passphrase);
  query.set('mode', 'caller');
  // ffmpeg does not decode a plus sign as a space.
  return `srt://${host}:${url.port}?${query.toString().replaceAll('+', '%20')}`;
}

const refused = (message: string): SourceUnavailable => new SourceUnavailable('unsupported', message);
