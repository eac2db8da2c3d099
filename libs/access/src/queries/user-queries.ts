import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Session, SessionList, User, UserList } from '@streamvault/api-contract';
import { AccountDirectory } from '../accounts.js';
import { type Asker, requireOwnOr, requirePermission } from '../asker.js';
import type { Account } from '../domain/account-decider.js';
import { UserNotFound } from '../domain/account-errors.js';
import { type SessionRow, Sessions } from '../records/sessions.js';

export class ListUsers extends Query<UserList> {
  constructor(readonly asker: Asker) {
    super();
  }
}

/** @throws UserNotFound */
export class GetUser extends Query<User> {
  constructor(
    readonly userId: number,
    readonly asker: Asker,
  ) {
    super();
  }
}

/** @throws UserNotFound */
export class ListSessions extends Query<SessionList> {
  constructor(
    readonly userId: number,
    readonly asker: Asker,
  ) {
    super();
  }
}

const toUser = (
  { id, name, role, disabled, credential, createdAt, streamerIds }: Account,
  lastSeenAt: string | undefined,
): User => ({
  id,
  name,
  role,
  disabled,
  streamerIds: streamerIds && [...streamerIds],
  hasPassword: credential !== null,
  createdAt,
  lastSeenAt: lastSeenAt ?? null,
});

@QueryHandler(ListUsers)
export class ListUsersHandler implements IQueryHandler<ListUsers> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly sessions: Sessions,
  ) {}

  async execute({ asker }: ListUsers): Promise<UserList> {
    requirePermission(asker, 'users.view');
    const seen = await this.sessions.lastSeen();
    const { all } = await this.accounts.current();
    return { items: all.map((account) => toUser(account, seen.get(account.id))) };
  }
}

@QueryHandler(GetUser)
export class GetUserHandler implements IQueryHandler<GetUser> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly sessions: Sessions,
  ) {}

  async execute({ userId, asker }: GetUser): Promise<User> {
    requireOwnOr(asker, userId, 'users.view');
    const account = (await this.accounts.current()).all.find(({ id }) => id === userId);
    if (!account) throw new UserNotFound(userId);
    return toUser(account, (await this.sessions.lastSeen()).get(userId));
  }
}

@QueryHandler(ListSessions)
export class ListSessionsHandler implements IQueryHandler<ListSessions> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly sessions: Sessions,
  ) {}

  async execute({ userId, asker }: ListSessions): Promise<SessionList> {
    requireOwnOr(asker, userId, 'users.view');
    if (!(await this.accounts.current()).all.some(({ id }) => id === userId)) throw new UserNotFound(userId);
    const rows = await this.sessions.of(userId);
    return { items: rows.map((row) => toSession(row, asker)) };
  }
}

const toSession = (row: SessionRow, asker: Asker): Session => ({
  id: row.id,
  isCurrent: row.id === asker.sessionId,
  method: row.method as Session['method'],
  agent: row.agent,
  address: row.address,
  createdAt: row.created_at,
  lastSeenAt: row.last_seen_at,
  expiresAt: row.expires_at,
});
