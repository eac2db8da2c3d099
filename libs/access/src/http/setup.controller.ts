import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type Setup, setup, type SetupBody, setupBody, type WhoAmI, whoAmI } from '@streamvault/api-contract';
import { Answers, metadataOf, Needs } from '@streamvault/http-kit';
import { INSTALLATION, type Installation } from '@streamvault/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccountDirectory } from '../accounts.js';
import { CreateFirstAdministrator } from '../commands/create-first-administrator.js';
import { SessionDoor } from '../commands/session-door.js';
import { SetUpDone } from '../domain/account-errors.js';
import { SetUpCode } from '../setup-code.js';
import { setSessionCookies } from './session-cookie.js';
import { isFromThisMachine, visitorOf } from './visitor.js';
import { WhoAsks } from './who-asks.js';

/** The first minute of an installation: it has no account, and a user who can read its log creates the first one. */
@ApiTags('Access')
@Controller('api/setup')
export class SetupController {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly code: SetUpCode,
    private readonly commands: CommandBus,
    private readonly door: SessionDoor,
    private readonly who: WhoAsks,
    @Inject(INSTALLATION) private readonly installation: Installation,
  ) {}

  @Get()
  @Needs('always')
  @Answers(200, setup, 'Whether the first administrator still has to be created.')
  async get(@Req() request: FastifyRequest): Promise<Setup> {
    const required = (await this.accounts.current()).lastId === 0;
    return { required, codeNeeded: required && this.#needsCode(request) };
  }

  @Post()
  @Needs('always')
  @HttpCode(201)
  @Answers(201, whoAmI, 'Creates the first administrator and signs in.', 400, 403, 409)
  async post(
    @Body({ schema: setupBody }) { code, name, password }: SetupBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WhoAmI> {
    if ((await this.accounts.current()).lastId > 0) throw new SetUpDone();
    if (this.#needsCode(request)) await this.code.require(code);
    const metadata = { ...metadataOf(request), actor: 'set-up' };
    const { userId } = await this.commands.execute(new CreateFirstAdministrator(name, password, 'set-up', metadata));
    await this.code.remove();
    const signedIn = await this.door.open(userId, 'set-up', visitorOf(request), metadata);
    setSessionCookies(request, reply, signedIn);
    return this.who.describe(userId, signedIn.expiresAt);
  }

  /** If it is reachable from outside, there may be a proxy in front that does not identify itself. */
  #needsCode(request: FastifyRequest): boolean {
    return this.installation.publicUrl !== undefined || !isFromThisMachine(request);
  }
}
