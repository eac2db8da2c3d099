import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { generateAuthenticationOptions } from '@simplewebauthn/server';
import {
  type AddPasskeyBody,
  addPasskeyBody,
  type Passkey,
  passkey,
  type PasskeyList,
  passkeyList,
  type PasskeyOptions,
  passkeyOptions,
  type PasskeySignInBody,
  passkeySignInBody,
  type PreparePasskeyBody,
  preparePasskeyBody,
  type WhoAmI,
  whoAmI,
} from '@streamvault/api-contract';
import { Answers, metadataOf, Needs, principalOf, PublicIdPipe } from '@streamvault/http-kit';
import { INSTALLATION, type Installation } from '@streamvault/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AddPasskey } from '../commands/add-passkey.js';
import { PreparePasskey } from '../commands/prepare-passkey.js';
import { RemovePasskey } from '../commands/remove-passkey.js';
import { SessionEnd } from '../commands/session-end.js';
import { SignInByPasskey, signingIn } from '../commands/sign-in-by-passkey.js';
import { NoPasskeysHere } from '../passkeys/passkey-errors.js';
import { type PasskeySite, passkeySiteOf } from '../passkeys/passkey-site.js';
import { ListPasskeys } from '../queries/list-passkeys.js';
import { Challenges } from '../records/challenges.js';
import { setSessionCookies } from './session-cookie.js';
import { visitorOf } from './visitor.js';
import { WhoAsks } from './who-asks.js';

@ApiTags('Access')
@Controller('api')
export class PasskeysController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly challenges: Challenges,
    private readonly ends: SessionEnd,
    private readonly who: WhoAsks,
    @Inject(INSTALLATION) private readonly installation: Installation,
  ) {}

  @Post('session/passkey/options')
  @Needs('anyone')
  @HttpCode(200)
  @Answers(200, passkeyOptions, 'What a browser needs to sign in with a passkey. Good for five minutes, once.', 409)
  async options(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PasskeyOptions> {
    void reply.header('Cache-Control', 'no-store');
    const options = await generateAuthenticationOptions({
      rpID: this.#site(request).id,
      challenge: await this.challenges.issue(signingIn, Date.now()),
      userVerification: 'required',
    });
    return { ...options };
  }

  @Post('session/passkey')
  @Needs('anyone')
  @HttpCode(200)
  @Answers(200, whoAmI, 'Signs in with a passkey.', 400, 401, 409, 429)
  async signIn(
    @Body({ schema: passkeySignInBody }) { response }: PasskeySignInBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WhoAmI> {
    const metadata = metadataOf(request);
    const command = new SignInByPasskey(response, this.#site(request), visitorOf(request), metadata);
    const signedIn = await this.commands.execute(command);
    await this.ends.former(principalOf(request), metadata);
    setSessionCookies(request, reply, signedIn);
    return this.who.describe(signedIn.userId, signedIn.expiresAt);
  }

  @Post('session/passkeys/options')
  @Needs('signed-in')
  @HttpCode(200)
  @Answers(200, passkeyOptions, "What a browser needs to add a passkey to one's own account.", 400, 403, 409, 429)
  prepare(
    @Body({ schema: preparePasskeyBody }) { password }: PreparePasskeyBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PasskeyOptions> {
    void reply.header('Cache-Control', 'no-store');
    const from = { address: request.ip };
    const asker = principalOf(request);
    return this.commands.execute(new PreparePasskey(password, this.#site(request), from, asker, metadataOf(request)));
  }

  @Post('session/passkeys')
  @Needs('signed-in')
  @HttpCode(201)
  @Answers(201, passkey, "Adds a passkey to one's own account.", 400, 403, 409)
  add(@Body({ schema: addPasskeyBody }) body: AddPasskeyBody, @Req() request: FastifyRequest): Promise<Passkey> {
    const asker = principalOf(request);
    return this.commands.execute(new AddPasskey(body, this.#site(request), asker, metadataOf(request)));
  }

  @Get('users/:id/passkeys')
  @Needs('signed-in')
  @Answers(200, passkeyList, "Passkeys of a user: one's own, or any with the permission users.view.", 403, 404)
  list(@Param('id', PublicIdPipe) id: number, @Req() request: FastifyRequest): Promise<PasskeyList> {
    return this.queries.execute(new ListPasskeys(id, principalOf(request)));
  }

  @Delete('users/:id/passkeys/:passkey')
  @Needs('signed-in')
  @HttpCode(204)
  @Answers(204, undefined, "Removes a passkey: one's own, or any with the permission users.change.", 403, 404)
  async remove(
    @Param('id', PublicIdPipe) id: number,
    @Param('passkey') passkeyId: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.commands.execute(new RemovePasskey(id, passkeyId, principalOf(request), metadataOf(request)));
  }

  /** @throws NoPasskeysHere */
  #site(request: FastifyRequest): PasskeySite {
    const site = passkeySiteOf(request, this.installation.publicUrl);
    if (!site) throw new NoPasskeysHere();
    return site;
  }
}
