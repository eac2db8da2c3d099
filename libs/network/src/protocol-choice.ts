import { errorCode } from '@streamvault/failures';
import type { buildConnector } from 'undici';

type Connector = buildConnector.connector;

/** How TLS reports that a server speaks none of the offered protocols (RFC 7301 section 3.2). */
const NO_COMMON_PROTOCOL = /NO_APPLICATION_PROTOCOL/;

/** The key by which a server is remembered. */
export const serverOf = ({ hostname, port }: { readonly hostname: string; readonly port: string }): string =>
  `${hostname}:${port}`;

/** Whether a connection failed because the server speaks HTTP/2 only. */
export const speaksNoHttp1 = (error: Error): boolean => NO_COMMON_PROTOCOL.test(errorCode(error) ?? '');

/**
 * HTTP/1.1 wherever it is spoken, HTTP/2 where nothing else is. Servers that are offered both mostly choose HTTP/2,
 * which does not help a recorder: its bodies are long and few, cost half as much again to decode, and would share the
 * fate of one connection.
 * @param modern servers known to speak HTTP/2 only; others are added when they are met
 */
export function preferringHttp1(http1: Connector, http2: Connector, modern: Set<string>): Connector {
  return (target, callback) => {
    const server = serverOf(target);
    if (target.protocol !== 'https:') http1(target, callback);
    else if (modern.has(server)) http2(target, callback);
    else {
      http1(target, (error, socket) => {
        if (error === null) callback(null, socket);
        else if (speaksNoHttp1(error)) {
          modern.add(server);
          http2(target, callback);
        } else callback(error, null);
      });
    }
  };
}
