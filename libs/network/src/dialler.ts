import type { LookupFunction, OnReadOpts } from 'node:net';
import type { SecureContext } from 'node:tls';
import { buildConnector } from 'undici';

export interface Dialling {
  /** Milliseconds. */
  readonly timeout: number;
  readonly allowH2: boolean;
  /** Shared by encrypted connections; created when the first one is made. */
  readonly secureContext: () => SecureContext;
  readonly onread?: OnReadOpts;
  readonly lookup?: LookupFunction;
}

/** Makes connections. Node itself would create a context for each encrypted one, which is a sixth of its cost. */
export function dialler({ secureContext, ...options }: Dialling): buildConnector.connector {
  const plain = buildConnector(options);
  let secure: buildConnector.connector | undefined;
  return (target, callback) => {
    if (target.protocol !== 'https:') return plain(target, callback);
    secure ??= buildConnector({ ...options, secureContext: secureContext() });
    secure(target, callback);
  };
}
