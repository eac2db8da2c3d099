import { Controller, Get, HttpCode, Inject, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type SignInWays, signInWays } from '@streamvault/api-contract';
import { Answers, metadataOf, Needs, principalOf } from '@streamvault/http-kit';
import { DomainError, INSTALLATION, type Installation } from '@streamvault/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { accessSettings, type AccessSettings } from '../access-settings.js';
import { ConnectIdentity, SignInByProvider } from '../commands/sign-in-by-provider.js';
import { IdentityProvider, ProviderRefused, type SignInTry } from '../oidc/identity-provider.js';
import { passkeySiteOf } from '../passkeys/passkey-site.js';
import { Passkeys } from '../records/passkeys.js';
import { PendingSignIns } from '../records/pending-sign-ins.js';
import { NotSignedIn } from './refusals.js';
import { clearSignInTry, setSessionCookies, setSignInTry, signInTryOf } from './session-cookie.js';
import { visitorOf } from './visitor.js';

const beginQuery = z.object({
  returnTo: z.string().max(500).optional(),
  connect: z.enum(['true', 'false']).optional(),
});

/** A page of this console, and never another site: `//evil.example` and `/\evil.example` would be one. */
const ownPage = (path: string | undefined): string =>
  path !== undefined && /^\/(?![/\\])[^\p{Cc}\\]*$/u.test(path) && !path.startsWith('/sign-in') ? path : '/';

@ApiTags('Access')
@Controller('api/session')
export class OidcController {
  constructor(
    private readonly provider: IdentityProvider,
    private readonly pending: PendingSignIns,
    private readonly commands: CommandBus,
    private readonly passkeys: Passkeys,
    @Inject(accessSettings.token) private readonly settings: AccessSettings,
    @Inject(INSTALLATION) private readonly installation: Installation,
  ) {}

  @Get('ways')
  @Needs('anyone')
  @HttpCode(200)
  @Answers(200, signInWays, 'The available ways to sign in.')
  async ways(@Req() request: FastifyRequest): Promise<SignInWays> {
    const site = passkeySiteOf(request, this.installation.publicUrl);
    return {
      identityProvider: this.provider.isOffered ? { label: this.settings.OIDC_LABEL } : null,
      passkey: {
        canBeAdded: site !== undefined,
        isOffered: site !== undefined && (await this.passkeys.hasSome(site.id)),
      },
    };
  }

  @Get('oidc')
  @Needs('anyone')
  @Answers(
    302,
    undefined,
    'Leads to the identity provider; with connect=true to connect it with the account that is signed in.',
    401,
  )
  async begin(
    @Query({ schema: beginQuery }) { returnTo, connect }: z.infer<typeof beginQuery>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { userId, sessionId } = principalOf(request);
    const connects = connect === 'true';
    if (connects && (userId === null || sessionId === null)) throw new NotSignedIn();
    await this.#orBack(reply, async () => {
      const { url, attempt } = await this.provider.begin(ownPage(returnTo), connects ? userId : null);
      setSignInTry(request, reply, await this.pending.keep(attempt, Date.now()));
      void reply.header('Cache-Control', 'no-store').redirect(url.href, 302);
    });
  }

  @Get('oidc/callback')
  @Needs('anyone')
  @Answers(302, undefined, 'The address to which the identity provider sends the browser back.')
  async callback(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.#orBack(reply, async () => {
      const name = signInTryOf(request);
      clearSignInTry(request, reply);
      const attempt = name === undefined ? undefined : await this.pending.take<SignInTry>(name, Date.now());
      // From another browser than the one that started it, or a second time.
      if (!attempt) throw new ProviderRefused();
      const query = new URLSearchParams(request.url.split('?', 2)[1] ?? '');
      const proven = await this.provider.finish(query, attempt);
      const metadata = metadataOf(request);
      if (attempt.connectUserId === null) {
        const visitor = visitorOf(request);
        setSessionCookies(request, reply, await this.commands.execute(new SignInByProvider(proven, visitor, metadata)));
      } else {
        const { userId } = principalOf(request);
        if (userId !== attempt.connectUserId) throw new NotSignedIn();
        await this.commands.execute(new ConnectIdentity(proven, userId, metadata));
      }
      void reply.header('Cache-Control', 'no-store').redirect(attempt.returnTo, 302);
    });
  }

  /** The caller is a person, not a program: the page shows the error, and does not retry by itself. */
  async #orBack(reply: FastifyReply, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      void reply.header('Cache-Control', 'no-store').redirect(`/sign-in?refused=${error.code}`, 302);
    }
  }
}
