import { Injectable } from '@nestjs/common';
import type { CommandMetadata } from '@streamvault/kernel';
import { AuditTrail } from '../audit-trail.js';
import { Sessions, type SignInMethod } from '../records/sessions.js';
import { newToken } from '../records/token.js';
import { Tries } from '../records/tries.js';

/** Where a sign-in comes from. */
export interface Visitor {
  readonly address: string;
  readonly agent: string;
  /** The cookie that the browser got at an earlier sign-in. */
  readonly device: string | undefined;
}

export interface SignedIn {
  readonly userId: number;
  /** For the cookie, and nowhere else. */
  readonly token: string;
  readonly device: string;
  readonly expiresAt: string;
}

/** Starts sessions, for every way of signing in. */
@Injectable()
export class SessionDoor {
  constructor(
    private readonly sessions: Sessions,
    private readonly tries: Tries,
    private readonly trail: AuditTrail,
  ) {}

  async open(
    userId: number,
    method: SignInMethod,
    { address, agent, device = newToken() }: Visitor,
    metadata: CommandMetadata,
    idToken?: string,
  ): Promise<SignedIn> {
    const { now } = metadata;
    const session = await this.sessions.begin({ userId, method, agent, address, now, idToken });
    await this.tries.remember(device, userId, now);
    const { id: sessionId, token, expires_at: expiresAt } = session;
    await this.trail.tell(
      { type: 'SignedIn', data: { userId, sessionId, method, agent, at: now } },
      { ...metadata, actor: `user:${userId}` },
      address,
    );
    return { userId, token, device, expiresAt };
  }
}
