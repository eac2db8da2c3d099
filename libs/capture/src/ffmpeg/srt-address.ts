import { SourceUnavailable } from '@streamvault/platforms';

/** What the address of a source may say of how to talk to it (libsrt's options as ffmpeg names them); numbers but for two. */
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
 * The address of an SRT source as ffmpeg may have it: it calls, with parameters that are known to do nothing else. `mode=listener`, for
 * one, would open a port on this machine.
 * @param found the IP address that the host was found at, so that it is not looked up a second time, and what it is encrypted with
 * @throws SourceUnavailable
 */
export function safeSrtAddress(
  written: string,
  { address, passphrase }: { readonly address?: string; readonly passphrase?: string | undefined } = {},
): string {
  const url = URL.parse(written);
  if (url === null || url.hostname === '' || url.port === '')
    throw refused('An SRT address has a host and a port: srt://host:9000.');
  for (const [name, value] of url.searchParams) {
    const known = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (known === undefined)
      throw refused(
        `The SRT address has the parameter ${name.slice(0, 40)}, which is not taken. Known are: ${allowed}.`,
      );
    if (!known.test(value))
      throw refused(
        name === 'mode'
          ? 'StreamVault calls SRT sources and does not listen for them: leave mode out, and let the source listen.'
          : `The SRT address has a value for ${name} that is not taken.`,
      );
  }
  const host = address === undefined ? url.hostname : address.includes(':') ? `[${address}]` : address;
  const query = new URLSearchParams([...url.searchParams].filter(([name]) => name !== 'mode'));
  if (passphrase !== undefined) query.set('passphrase', passphrase);
  query.set('mode', 'caller');
  // ffmpeg takes a plus sign for what it is.
  return `srt://${host}:${url.port}?${query.toString().replaceAll('+', '%20')}`;
}

const refused = (message: string): SourceUnavailable => new SourceUnavailable('unsupported', message);
