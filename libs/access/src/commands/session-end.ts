import { Injectable } from '@nestjs/common';
import type { CommandMetadata } from '@streamvault/kernel';
import type { Asker } from '../asker.js';
import { AuditTrail } from '../audit-trail.js';
import { Sessions } from '../records/sessions.js';

/**
 * Ends sessions, and records that in the log. From then on their requests are refused; running feeds end within a
 * minute.
 */
@Injectable()
export class SessionEnd {
  constructor(
    private readonly sessions: Sessions,
    private readonly trail: AuditTrail,
  ) {}

  async all(
    userId: number,
    reason: 'asked' | 'password' | 'disabled',
    metadata: CommandMetadata,
    except?: string,
  ): Promise<void> {
    const sessionIds = await this.sessions.end({ userId, ...(except !== undefined && { except }) });
    await this.#tell(userId, sessionIds, reason, metadata);
  }

  /** @returns whether there was such a session */
  async one(userId: number, id: string, metadata: CommandMetadata): Promise<boolean> {
    const sessionIds = await this.sessions.end({ userId, id });
    await this.#tell(userId, sessionIds, 'asked', metadata);
    return sessionIds.length > 0;
  }

  /** Signing in again in the same browser ends its previous session. */
  async former({ userId, sessionId }: Asker, metadata: CommandMetadata): Promise<void> {
    if (userId !== null && sessionId !== null) await this.one(userId, sessionId, metadata);
  }

  async #tell(
    userId: number,
    sessionIds: string[],
    reason: 'asked' | 'password' | 'disabled',
    metadata: CommandMetadata,
  ): Promise<void> {
    if (sessionIds.length === 0) return;
    await this.trail.tell(
      { type: 'SessionsRevoked', data: { userId, sessionIds, reason, at: metadata.now } },
      metadata,
    );
  }
}
