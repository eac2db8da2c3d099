import { Body, Controller, Delete, Get, HttpCode, NotFoundException, Param, Patch, Post, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  type ChangeUserBody,
  changeUserBody,
  type CreateUserBody,
  createUserBody,
  type ErasedAddresses,
  erasedAddresses,
  type SessionList,
  sessionList,
  type SignInAddressList,
  signInAddressList,
  type User,
  user,
  type UserList,
  userList,
} from '@streamvault/api-contract';
import { Answers, metadataOf, Needs, principalOf, PublicIdPipe } from '@streamvault/http-kit';
import type { FastifyRequest } from 'fastify';
import { requireOwnOr } from '../asker.js';
import { ChangeUser } from '../commands/change-user.js';
import { CreateUser } from '../commands/create-user.js';
import { EraseAddresses } from '../commands/erase-addresses.js';
import { RemoveUser } from '../commands/remove-user.js';
import { SessionEnd } from '../commands/session-end.js';
import { ListAddresses } from '../queries/list-addresses.js';
import { GetUser, ListSessions, ListUsers } from '../queries/user-queries.js';

/** Bodies contain passwords. There is no `Idempotency-Key` here, because the log keeps a hash of the request. */
@ApiTags('Access')
@Controller('api/users')
export class UsersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly ends: SessionEnd,
  ) {}

  @Get()
  @Needs('users.view')
  @Answers(200, userList, 'All accounts, in the order of their creation.')
  list(@Req() request: FastifyRequest): Promise<UserList> {
    return this.queries.execute(new ListUsers(principalOf(request)));
  }

  @Post()
  @Needs('users.change')
  @HttpCode(201)
  @Answers(201, user, 'Makes an account.', 400, 409)
  async create(@Body({ schema: createUserBody }) body: CreateUserBody, @Req() request: FastifyRequest): Promise<User> {
    const asker = principalOf(request);
    const { userId } = await this.commands.execute(new CreateUser(body, asker, metadataOf(request)));
    return this.queries.execute(new GetUser(userId, asker));
  }

  @Get(':id')
  @Needs('signed-in')
  @Answers(200, user, "One account: one's own, or any with the permission users.view.", 403, 404)
  get(@Param('id', PublicIdPipe) id: number, @Req() request: FastifyRequest): Promise<User> {
    return this.queries.execute(new GetUser(id, principalOf(request)));
  }

  @Patch(':id')
  @Needs('users.change')
  @Answers(200, user, 'Changes name, role or password, or disables the account.', 400, 404, 409)
  async change(
    @Param('id', PublicIdPipe) id: number,
    @Body({ schema: changeUserBody }) body: ChangeUserBody,
    @Req() request: FastifyRequest,
  ): Promise<User> {
    const asker = principalOf(request);
    await this.commands.execute(new ChangeUser(id, body, asker, metadataOf(request)));
    return this.queries.execute(new GetUser(id, asker));
  }

  @Delete(':id')
  @Needs('users.change')
  @HttpCode(204)
  @Answers(204, undefined, 'Removes an account and its password; what it did stays in the log.', 404, 409)
  async remove(@Param('id', PublicIdPipe) id: number, @Req() request: FastifyRequest): Promise<void> {
    await this.commands.execute(new RemoveUser(id, principalOf(request), metadataOf(request)));
  }

  @Get(':id/sessions')
  @Needs('signed-in')
  @Answers(200, sessionList, "Where a user is signed in: one's own sessions, or any with users.view.", 403, 404)
  sessions(@Param('id', PublicIdPipe) id: number, @Req() request: FastifyRequest): Promise<SessionList> {
    return this.queries.execute(new ListSessions(id, principalOf(request)));
  }

  @Get(':id/addresses')
  @Needs('signed-in')
  @Answers(
    200,
    signInAddressList,
    'From where a user signed in within 30 days, the newest first: oneself, or any with users.view.',
    403,
    404,
  )
  addresses(@Param('id', PublicIdPipe) id: number, @Req() request: FastifyRequest): Promise<SignInAddressList> {
    return this.queries.execute(new ListAddresses(id, principalOf(request)));
  }

  @Delete(':id/addresses')
  @Needs('signed-in')
  @Answers(
    200,
    erasedAddresses,
    'Erases from where a user signed in: oneself, or any with users.change, a removed one too. Sessions continue.',
    403,
    404,
  )
  eraseAddresses(@Param('id', PublicIdPipe) id: number, @Req() request: FastifyRequest): Promise<ErasedAddresses> {
    return this.commands.execute(new EraseAddresses(id, principalOf(request), metadataOf(request)));
  }

  @Delete(':id/sessions')
  @Needs('signed-in')
  @HttpCode(204)
  @Answers(204, undefined, 'Ends all sessions but this one.', 403)
  async endAll(@Param('id', PublicIdPipe) id: number, @Req() request: FastifyRequest): Promise<void> {
    const asker = principalOf(request);
    requireOwnOr(asker, id, 'users.change');
    const except = asker.userId === id && asker.sessionId !== null ? asker.sessionId : undefined;
    await this.ends.all(id, 'asked', metadataOf(request), except);
  }

  @Delete(':id/sessions/:session')
  @Needs('signed-in')
  @HttpCode(204)
  @Answers(204, undefined, 'Ends one session.', 403, 404)
  async endOne(
    @Param('id', PublicIdPipe) id: number,
    @Param('session') session: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    requireOwnOr(principalOf(request), id, 'users.change');
    if (!(await this.ends.one(id, session, metadataOf(request))))
      throw new NotFoundException('There is no such session (any more).');
  }
}
