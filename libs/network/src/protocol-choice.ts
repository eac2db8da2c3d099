import { errorCode } from '@streamvault/failures';
import type { buildConnector } from 'undici';

type Connector = buildConnector.connector;

/** TLS says so where a server speaks none of the protocols that it was offered (RFC 7301 section 3.2). */
const NO_COMMON_PROTOCOL = /NO_APPLICATION_PROTOCOL/;

/** What a server is remembered by. */
export const serverOf = ({ hostname, port }: { readonly hostname: string; readonly port: string }): string =>
  `${hostname}:${port}`;

/** Whether a connection came to nothing because the server speaks HTTP/2 only. */
export const speaksNoHttp1 = (error: Error): boolean => NO_COMMON_PROTOCOL.test(errorCode(error) ?? '');

/**
 * HTTP/1.1 wherever it is spoken, HTTP/2 where nothing else is. Most servers that are offered both choose HTTP/2, which brings a
 * recorder nothing: its bodies are long and few, cost half as much again to take apart, and would share one connection's fate.
 * @param modern servers that are known to speak HTTP/2 only; others are added as they are met
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
