import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Browsers keep a `__Host-` cookie for exactly this host and https only. Plain http, as in most homes, cannot have one,
 * so the name differs there, and a cookie planted over http is not accepted over https.
 */
const nameOf = (request: FastifyRequest, name: string): string =>
  request.protocol === 'https' ? `__Host-${name}` : name;

const session = 'streamvault';
const device = 'streamvault-device';
const signInTry = 'streamvault-sign-in';
const signInSeconds = 600;
const deviceSeconds = 180 * 24 * 3600;

export const sessionTokenOf = (request: FastifyRequest): string | undefined => read(request, nameOf(request, session));
export const deviceTokenOf = (request: FastifyRequest): string | undefined => read(request, nameOf(request, device));

export function setSessionCookies(
  request: FastifyRequest,
  reply: FastifyReply,
  signedIn: { readonly token: string; readonly device?: string; readonly expiresAt: string },
): void {
  const seconds = Math.max(0, Math.floor((Date.parse(signedIn.expiresAt) - Date.now()) / 1000));
  void reply.header('Set-Cookie', [
    cookie(request, session, signedIn.token, seconds),
    ...(signedIn.device === undefined ? [] : [cookie(request, device, signedIn.device, deviceSeconds)]),
  ]);
}

export const clearSessionCookie = (request: FastifyRequest, reply: FastifyReply): void => {
  void reply.header('Set-Cookie', cookie(request, session, '', 0));
};

/** The sign-in at an identity provider that this browser started. */
export const signInTryOf = (request: FastifyRequest): string | undefined => read(request, nameOf(request, signInTry));
export const setSignInTry = (request: FastifyRequest, reply: FastifyReply, name: string): void => {
  void reply.header('Set-Cookie', cookie(request, signInTry, name, signInSeconds));
};
export const clearSignInTry = (request: FastifyRequest, reply: FastifyReply): void => {
  void reply.header('Set-Cookie', cookie(request, signInTry, '', 0));
};

function cookie(request: FastifyRequest, name: string, value: string, seconds: number): string {
  const secure = request.protocol === 'https' ? '; Secure' : '';
  // Lax and not Strict: a link from a chat should open signed in. Writes are also protected by the origin check.
  return `${nameOf(request, name)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
}

function read(request: FastifyRequest, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) {
      const value = pair.slice(at + 1).trim();
      return /^[\w-]{20,100}$/.test(value) ? value : undefined;
    }
  }
  return undefined;
}
