import { Inject, Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { WhoAmI } from '@streamvault/api-contract';
import { Contexts } from '@streamvault/kernel';
import { theServer } from '../asker.js';
import { allows } from '../domain/roles.js';
import { GetUser } from '../queries/user-queries.js';

/** What a client learns about its signed-in user. */
@Injectable()
export class WhoAsks {
  constructor(
    private readonly queries: QueryBus,
    @Inject(Contexts) private readonly contexts: Contexts,
  ) {}

  /** @param can of a key; without it, the permissions of the user's role */
  async describe(userId: number, expiresAt: string | null, can?: (permission: string) => boolean): Promise<WhoAmI> {
    const user = await this.queries.execute(new GetUser(userId, theServer));
    const permissions = Object.keys(this.contexts.permissions).filter((name) =>
      can ? can(name) : allows(user.role, name),
    );
    return { user, permissions, expiresAt };
  }
}
