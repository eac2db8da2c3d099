import { errorCode } from '@streamvault/failures';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, isIP, type Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { bareHost } from './address-class.js';
import { dialler, type Dialling } from './dialler.js';
import type { Guard } from './guarded-connector.js';
import { proxyAuthorization, ProxyFailure, type Proxy } from './proxy.js';
import { ForbiddenAddress } from './reach.js';
import { socks5Connect } from './socks5.js';

type Open = (...connecting: Parameters<buildConnector.connector>) => Promise<void>;

/** Connects to sources through a proxy. If the proxy itself does not work, the error is a ProxyFailure. */
export function tunnelConnector(proxy: Proxy, guard: Guard, dialling: Dialling): buildConnector.connector {
  const secure = dialler(dialling);
  const open: Open = async (target, callback) => {
    const port = Number(target.port === '' ? (target.protocol === 'https:' ? 443 : 80) : target.port);
    let socket: Socket;
    try {
      socket = await through(proxy, guard, bareHost(target.hostname), port, dialling);
    } catch (error) {
      callback(error as Error, null);
      return;
    }
    // Until it has another owner, its errors need a listener.
    socket.on('error', () => undefined).setNoDelay(true);
    if (target.protocol === 'https:') secure({ ...target, httpSocket: socket }, callback);
    else callback(null, socket);
  };
  return (target, callback) => void open(target, callback);
}

/** Connects to a proxy that forwards plain requests. */
export function proxyConnector(proxy: Proxy, dialling: Dialling): buildConnector.connector {
  const dial = dialler(dialling);
  return (target, callback) => {
    // The name in the request is the source's; the certificate must be the proxy's.
    dial({ ...target, servername: isIP(proxy.host) === 0 ? proxy.host : '' }, (error, socket) => {
      if (error !== null) callback(asFailure(error, proxy), null);
      else callback(null, socket);
    });
  };
}

async function through(proxy: Proxy, guard: Guard, host: string, port: number, dialling: Dialling): Promise<Socket> {
  // A failed look-up is not the proxy's fault.
  const where = proxy.kind === 'socks5' ? await addressOf(host, guard) : host;
  try {
    if (proxy.kind === 'socks5' || proxy.kind === 'socks5h') return await bySocks(proxy, where, port, dialling.timeout);
    return await byConnect(proxy, isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`, dialling);
  } catch (error) {
    throw asFailure(error, proxy);
  }
}

/** The address of a name. The proxy gets the address, so it cannot look the name up differently. */
function addressOf(host: string, guard: Guard): Promise<string> {
  if (isIP(host) !== 0) {
    return guard.mayDial(host, host) ? Promise.resolve(host) : Promise.reject(new ForbiddenAddress(host, host));
  }
  return new Promise((resolve, reject) => {
    guard.lookup(host, { all: true }, (error, addresses) => {
      if (error !== null) {
        reject(error);
        return;
      }
      const fit = addresses.find(({ address }) => guard.mayDial(host, address));
      if (fit === undefined) reject(new ForbiddenAddress(host, addresses[0]?.address));
      else resolve(fit.address);
    });
  });
}

async function bySocks(proxy: Proxy, host: string, port: number, timeout: number): Promise<Socket> {
  const socket = connect({ host: proxy.host, port: proxy.port });
  const timer = setTimeout(() => socket.destroy(timedOut()), timeout);
  try {
    await once(socket, 'connect');
    await socks5Connect(socket, proxy, { host, port, timeout });
    return socket;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A tunnel through an HTTP proxy (RFC 9110 section 9.3.6). */
function byConnect(proxy: Proxy, authority: string, { timeout, secureContext }: Dialling): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const request = (proxy.kind === 'https' ? httpsRequest : httpRequest)({
      host: proxy.host,
      port: proxy.port,
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...proxyAuthorization(proxy) },
      agent: false,
      ...(proxy.kind === 'https' && isIP(proxy.host) === 0 && { servername: proxy.host }),
      ...(proxy.kind === 'https' && { secureContext: secureContext() }),
    });
    const timer = setTimeout(() => request.destroy(timedOut()), timeout);
    const settle = (work: () => void): void => {
      clearTimeout(timer);
      work();
    };
    request.on('connect', ({ statusCode = 0 }, socket, head) => {
      settle(() => {
        if (statusCode >= 200 && statusCode < 300) {
          if (head.length > 0) socket.unshift(head);
          resolve(socket);
        } else {
          socket.on('error', () => undefined).destroy();
          reject(refusal(statusCode, proxy));
        }
      });
    });
    request.on('response', ({ statusCode = 0 }) => settle(() => reject(refusal(statusCode, proxy))));
    request.on('error', (error) => settle(() => reject(error)));
    request.end();
  });
}

/** The meaning of a proxy's own answer. */
export function refusal(status: number, { label }: Proxy): ProxyFailure {
  if (status === 407) {
    const message = `The proxy ${label} does not accept the login (HTTP 407). Check the user and the password in its address.`;
    return new ProxyFailure('proxy.login-refused', message, true);
  }
  if (status >= 500) {
    return new ProxyFailure(
      'proxy.source-unreachable',
      `The proxy ${label} cannot reach the source (HTTP ${status}).`,
      false,
    );
  }
  return new ProxyFailure(
    'proxy.refused',
    `The proxy ${label} does not let this source through (HTTP ${status}).`,
    false,
  );
}

const timedOut = (): Error => Object.assign(new Error('Timed out'), { code: 'ETIMEDOUT' });

function asFailure(error: unknown, { label }: Proxy): Error {
  if (error instanceof ProxyFailure || error instanceof ForbiddenAddress) return error;
  const code = errorCode(error) ?? 'no answer';
  return new ProxyFailure(
    'proxy.unreachable',
    `The proxy ${label} cannot be reached (${code}). Check that it runs.`,
    true,
  );
}
