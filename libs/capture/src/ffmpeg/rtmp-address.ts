import { SourceUnavailable } from '@streamvault/platforms';

const PORTS: Readonly<Record<string, string>> = { 'rtmp:': '1935', 'rtmps:': '443' };

/** How ffmpeg requests a stream from a relay on loopback, with the address by which the server knows itself. */
export interface RtmpThroughRelay {
  readonly url: string;
  readonly options: readonly string[];
}

/**
 * A server may have several names and goes by the address that the client says it called (`tcUrl`), so that stays the
 * real one.
 * @throws SourceUnavailable
 */
export function rtmpThroughRelay(written: string, port: number): RtmpThroughRelay {
  const url = URL.parse(written);
  if (url === null || url.hostname === '')
    throw new SourceUnavailable('unsupported', 'The RTMP address names no host.');
  const { protocol, hostname, pathname, search } = url;
  const place = `${hostname}:${url.port === '' ? (PORTS[protocol] ?? '1935') : url.port}`;
  const relayed = `rtmp://127.0.0.1:${port}${pathname}${search}`;
  return { url: relayed, options: ['-rtmp_tcurl', `${protocol}//${place}/${appOf(pathname)}`] };
}

/** The first folder of a path, or the first two if more follows, as ffmpeg splits it. */
function appOf(pathname: string): string {
  const [first = '', second, third] = pathname.split('/').slice(1);
  return second === undefined || third === undefined || first === 'ondemand' || second.includes(':')
    ? first
    : `${first}/${second}`;
}
