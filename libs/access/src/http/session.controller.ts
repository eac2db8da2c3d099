import { Body, Controller, Delete, Get, HttpCode, Post, Put, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  type ChangePasswordBody,
  changePasswordBody,
  type SignInBody,
  signInBody,
  type WhoAmI,
  whoAmI,
} from '@streamvault/api-contract';
import { Answers, metadataOf, Needs, principalOf } from '@streamvault/http-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ChangePassword } from '../commands/change-password.js';
import { SessionEnd } from '../commands/session-end.js';
import { SignIn } from '../commands/sign-in.js';
import { AuditTrail } from '../audit-trail.js';
import { Sessions } from '../records/sessions.js';
import { clearSessionCookie, sessionTokenOf, setSessionCookies } from './session-cookie.js';
import { NotSignedIn } from './refusals.js';
import { visitorOf } from './visitor.js';
import { WhoAsks } from './who-asks.js';

@ApiTags('Access')
@Controller('api/session')
export class SessionController {
  constructor(
    private readonly commands: CommandBus,
    private readonly sessions: Sessions,
    private readonly ends: SessionEnd,
    private readonly trail: AuditTrail,
    private readonly who: WhoAsks,
  ) {}

  @Get()
  @Needs('signed-in')
  @Answers(200, whoAmI, 'The caller and its permissions.', 401)
  async get(@Req() request: FastifyRequest): Promise<WhoAmI> {
    const principal = principalOf(request);
    const { userId } = principal;
    if (userId === null) throw new NotSignedIn();
    const token = sessionTokenOf(request);
    const session = token === undefined ? undefined : await this.sessions.find(token);
    return this.who.describe(userId, session?.expires_at ?? null, (permission) => principal.can(permission));
  }

  @Post()
  @Needs('anyone')
  @HttpCode(200)
  @Answers(200, whoAmI, 'Signs in with name and password.', 400, 401, 429)
  async signIn(
    @Body({ schema: signInBody }) { name, password }: SignInBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WhoAmI> {
    const metadata = metadataOf(request);
    const signedIn = await this.commands.execute(new SignIn(name, password, visitorOf(request), metadata));
    await this.ends.former(principalOf(request), metadata);
    setSessionCookies(request, reply, signedIn);
    return this.who.describe(signedIn.userId, signedIn.expiresAt);
  }

  @Delete()
  @Needs('anyone')
  @HttpCode(204)
  @Answers(204, undefined, 'Signs out.')
  async signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const { userId, sessionId } = principalOf(request);
    clearSessionCookie(request, reply);
    if (userId === null || sessionId === null) return;
    await this.sessions.end({ userId, id: sessionId });
    const metadata = metadataOf(request);
    await this.trail.tell({ type: 'SignedOut', data: { userId, sessionId, at: metadata.now } }, metadata);
  }

  @Put('password')
  @Needs('signed-in')
  @HttpCode(204)
  @Answers(204, undefined, "Changes one's own password; all other sessions end.", 400, 403, 429)
  async changePassword(
    @Body({ schema: changePasswordBody }) { current, password }: ChangePasswordBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const asker = principalOf(request);
    await this.commands.execute(
      new ChangePassword(current, password, { address: request.ip }, asker, metadataOf(request)),
    );
    const token = sessionTokenOf(request);
    const renewed = token === undefined ? undefined : await this.sessions.renew(token);
    if (renewed) setSessionCookies(request, reply, renewed);
  }
}
