import { type Cause, errorCode, messageOf } from '@streamvault/failures';
import { ProxyFailure } from './proxy.js';
import { ForbiddenAddress } from './reach.js';

/** Why a request to the source failed. */
export class SourceFault extends Error {
  override readonly name = 'SourceFault';
  constructor(
    readonly reason: Cause,
    /** A retry soon will not help: the answer was clear, not disturbed. */
    readonly definitive: boolean,
  ) {
    super(reason.message);
  }
}

/** An address for messages: without query and user, which may be secret. */
export function nameOf(address: string): string {
  const url = URL.parse(address);
  return url === null ? 'the address' : `${url.host}${url.pathname}`;
}

/** A fault for an answer other than 200 or 206. */
export function statusFault(status: number, address: string): SourceFault {
  const name = nameOf(address);
  const cause = (code: string, message: string): Cause => ({ code, message });
  if (status === 401 || status === 403) {
    return new SourceFault(
      cause(
        'source.forbidden',
        `${name} refuses access (HTTP ${status}). The address may have expired; copy a fresh one.`,
      ),
      true,
    );
  }
  if (status === 404 || status === 410) {
    return new SourceFault(
      cause(
        'source.not-found',
        `${name} is not there (HTTP ${status}). Check the address and whether the streamer is live.`,
      ),
      true,
    );
  }
  if (status === 429) {
    return new SourceFault(
      cause(
        'source.rate-limited',
        `${name} reports too many requests (HTTP 429). Record fewer streamers from it at once.`,
      ),
      false,
    );
  }
  if (status >= 500) {
    return new SourceFault(
      cause(
        'source.server-error',
        `${name} has a fault of its own (HTTP ${status}). StreamVault retries until it recovers.`,
      ),
      false,
    );
  }
  return new SourceFault(
    cause('source.unexpected-status', `${name} answers HTTP ${status}, which is not an answer to a request like this.`),
    status !== 408 && status !== 425,
  );
}

/** A fault for a sender that has been silent for too long. */
export const silentFault = (address: string): SourceFault =>
  new SourceFault({ code: 'source.timeout', message: `${nameOf(address)} stopped sending halfway.` }, false);

/** If there was no connection, the message names the host. */
const NETWORK: Readonly<Record<string, readonly [code: string, what: string, of?: 'host' | 'hostname']>> = {
  UND_ERR_CONNECT_TIMEOUT: ['source.timeout', 'does not accept connections in time', 'host'],
  UND_ERR_HEADERS_TIMEOUT: ['source.timeout', 'accepts the request but does not answer in time'],
  UND_ERR_BODY_TIMEOUT: ['source.timeout', 'stopped sending half-way'],
  HTTP_HEADERS_TIMEOUT: ['source.timeout', 'accepts the request but does not answer in time'],
  HTTP_BODY_TIMEOUT: ['source.timeout', 'stopped sending half-way'],
  ETIMEDOUT: ['source.timeout', 'does not accept connections in time', 'host'],
  UND_ERR_SOCKET: ['source.connection-lost', 'broke off the connection'],
  ECONNRESET: ['source.connection-lost', 'broke off the connection'],
  EPIPE: ['source.connection-lost', 'broke off the connection'],
  ECONNABORTED: ['source.connection-lost', 'broke off the connection'],
  ERR_HTTP2_STREAM_ERROR: ['source.connection-lost', 'broke off the answer'],
  ERR_HTTP2_SESSION_ERROR: ['source.connection-lost', 'broke off the connection'],
  ERR_HTTP2_GOAWAY_SESSION: ['source.connection-lost', 'closed the connection'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['source.incomplete', 'sent more or fewer bytes than it announced'],
  ECONNREFUSED: ['source.unreachable', 'refuses connections; check its port, and whether it is running', 'host'],
  EHOSTUNREACH: ['source.unreachable', 'cannot be reached', 'host'],
  ENETUNREACH: ['source.unreachable', 'cannot be reached; this machine seems to have no network', 'host'],
  ENOTFOUND: ['source.unknown-host', 'is an unknown name; check its spelling and the network', 'hostname'],
  EAI_AGAIN: ['source.unknown-host', 'cannot be looked up now; check the network', 'hostname'],
};

const NETWORK_FAMILIES: readonly (readonly [codes: RegExp, code: string, what: string, definitive: boolean])[] = [
  [/CERT|SELF_SIGNED|UNABLE_TO/, 'source.certificate', 'has a certificate that cannot be trusted', true],
  [/TLS|SSL|EPROTO/, 'source.encryption', 'and this machine cannot agree on an encrypted connection', false],
  [
    /^HPE_|^HTTP_BAD_ANSWER|UND_ERR_HEADERS_OVERFLOW|HTTP2/,
    'source.bad-answer',
    'answers something that is not HTTP',
    false,
  ],
];

/** A fault for any error of a request. A SourceFault is returned as it is. */
export function toFault(error: unknown, address: string): SourceFault {
  if (error instanceof SourceFault) return error;
  if (error instanceof ForbiddenAddress) return forbiddenFault(error, address);
  if (error instanceof ProxyFailure) return new SourceFault({ code: error.code, message: error.message }, false);
  const name = nameOf(address);
  const code = errorCode(error) ?? '';
  const known = NETWORK[code];
  if (known !== undefined) {
    const [cause, what, of] = known;
    const subject = (of && URL.parse(address)?.[of]) ?? name;
    return new SourceFault({ code: cause, message: `${subject} ${what}.` }, false);
  }
  const family = NETWORK_FAMILIES.find(([codes]) => codes.test(code));
  if (family !== undefined) {
    const [, cause, what, definitive] = family;
    return new SourceFault({ code: cause, message: `${name} ${what} (${code}).` }, definitive);
  }
  const said = messageOf(error);
  return new SourceFault({ code: 'source.failed', message: `${name} could not be read: ${said}` }, false);
}

function forbiddenFault({ host, address }: ForbiddenAddress, asked: string): SourceFault {
  const where = address === undefined || address === host ? '' : ` (${address})`;
  const message =
    `${nameOf(asked)} is not fetched: ${host}${where} is in a private network, and nothing from outside may lead there. ` +
    `If that is intended, add ${host} to ALLOWED_PRIVATE_HOSTS.`;
  return new SourceFault({ code: 'source.private-address', message }, true);
}
