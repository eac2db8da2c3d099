import type { buildConnector } from 'undici';
import { errorCode } from '../ledger/files.js';

type Connector = buildConnector.connector;

/** TLS says so where a server speaks none of the protocols that it was offered (RFC 7301 section 3.2). */
const NO_COMMON_PROTOCOL = /NO_APPLICATION_PROTOCOL/;

/**
 * HTTP/1.1 wherever it is spoken, HTTP/2 where nothing else is. Most servers that are offered both choose HTTP/2, which brings a
 * recorder nothing: its bodies are long and few, cost half as much again to take apart, and would share one connection's fate.
 */
export function preferringHttp1(http1: Connector, http2: Connector): Connector {
  /** Servers that speak HTTP/2 only. */
  const modern = new Set<string>();
  return (target, callback) => {
    const server = `${target.hostname}:${target.port}`;
    if (target.protocol !== 'https:') http1(target, callback);
    else if (modern.has(server)) http2(target, callback);
    else {
      http1(target, (error, socket) => {
        if (error === null) callback(null, socket);
        else if (NO_COMMON_PROTOCOL.test(errorCode(error) ?? '')) {
          modern.add(server);
          http2(target, callback);
        } else callback(error, null);
      });
    }
  };
}
