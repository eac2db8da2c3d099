import type { LookupFunction, OnReadOpts } from 'node:net';
import type { SecureContext } from 'node:tls';
import { buildConnector } from 'undici';

export interface Dialling {
  /** Milliseconds. */
  readonly timeout: number;
  readonly allowH2: boolean;
  /** What encrypted connections have in common; it is asked for when there is one to make. */
  readonly secureContext: () => SecureContext;
  readonly onread?: OnReadOpts;
  readonly lookup?: LookupFunction;
}

/** Makes connections. Left to Node, each encrypted one has a context of its own, which costs a sixth of what making it does. */
export function dialler({ secureContext, ...options }: Dialling): buildConnector.connector {
  const plain = buildConnector(options);
  let secure: buildConnector.connector | undefined;
  return (target, callback) => {
    if (target.protocol !== 'https:') return plain(target, callback);
    secure ??= buildConnector({ ...options, secureContext: secureContext() });
    secure(target, callback);
  };
}
