const PORTS: Readonly<Record<string, string>> = { 'rtmp:': '1935', 'rtmps:': '443' };

/** What a player says to an RTMP server, so that it gives what stands at an address. */
export interface RtmpPlace {
  readonly app: string;
  /** By which address the server is told that it was called: it may have several names. */
  readonly tcUrl: string;
  /** In it, many keep their key. */
  readonly stream: string;
}

/** An address taken apart as ffmpeg does. Undefined where it names no host. */
export function rtmpPlace(written: string): RtmpPlace | undefined {
  const url = URL.parse(written);
  if (url === null || url.hostname === '') return undefined;
  const { protocol, hostname, pathname, search } = url;
  const host = `${hostname}:${url.port === '' ? (PORTS[protocol] ?? '1935') : url.port}`;
  const app = appOf(pathname);
  const rest = pathname.slice(1 + app.length + 1);
  const isInApp = pathname.length <= 1 + app.length;
  return {
    app: isInApp ? app + search : app,
    tcUrl: `${protocol}//${host}/${isInApp ? app + search : app}`,
    stream: isInApp ? '' : streamName(rest + search),
  };
}

/** The first folder of a path, or the first two where more follows. */
function appOf(pathname: string): string {
  const [first = '', second, third] = pathname.split('/').slice(1);
  return second === undefined || third === undefined || first === 'ondemand' || second.includes(':')
    ? first
    : `${first}/${second}`;
}

/** Files are asked for by their kind (`mp4:film.mp4`), and those of Flash without it. */
function streamName(rest: string): string {
  if (!rest.includes(':') && /.(\.f4v|\.mp4)$/.test(rest)) return `mp4:${rest}`;
  return rest.endsWith('.flv') ? rest.slice(0, -4) : rest;
}
