import { EntityManager } from '@mikro-orm/core';
import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  type TwitchCheck,
  twitchCheck,
  type TwitchFollows,
  twitchFollows,
  type TwitchSignIn,
  twitchSignIn,
  type TwitchStatus,
  twitchStatus,
} from '@streamvault/api-contract';
import { Answers, Needs } from '@streamvault/http-kit';
import { StreamerRow } from '@streamvault/streamers';
import type { FastifyRequest } from 'fastify';
import { checkTwitch } from '../twitch/twitch-check.js';
import { TwitchConnection } from '../twitch/twitch-connection.js';
import { TwitchFailure } from '../twitch/twitch-errors.js';
import { TwitchNotSetUp, TwitchSignedOut, TwitchUnavailable } from '../twitch/twitch-unavailable.js';
import { TwitchWatch } from '../watch/twitch-watch.js';
import { isGivenUp, whileConnected } from './while-connected.js';

const none = { userCode: null, verificationUri: null, expiresAt: null, login: null };

@ApiTags('Twitch')
@Controller('api/twitch')
@Needs('twitch.administer')
export class TwitchController {
  constructor(
    private readonly em: EntityManager,
    private readonly connection: TwitchConnection,
    private readonly watch: TwitchWatch,
  ) {}

  @Get('status')
  @Answers(200, twitchStatus, 'Credentials, tokens and until when, conduit, shards, subscriptions wanted and there.')
  status(): TwitchStatus {
    const { settings, signedIn } = this.connection;
    const { mode, channels, lookedAt, problem } = this.watch.status();
    const expiresAt = signedIn?.appToken.expiresAt;
    const eventSub = this.watch.link?.status();
    return {
      mode,
      credentials: {
        clientId: settings.TWITCH_CLIENT_ID !== undefined,
        clientSecret: settings.TWITCH_CLIENT_SECRET !== undefined,
        eventSubSecret: settings.EVENTSUB_SECRET !== undefined,
      },
      appToken: expiresAt === undefined ? null : { expiresAt },
      watch: { channels, lookedAt, problem },
      helix: signedIn ? { calls: signedIn.helix.calls, remaining: signedIn.helix.gate.remaining ?? null } : null,
      eventSub: eventSub ? { ...eventSub, shards: eventSub.shards.map((shard) => ({ ...shard })) } : null,
    };
  }

  @Post('check')
  @HttpCode(200)
  @Answers(200, twitchCheck, 'Goes through the set-up step by step.', 503)
  check(@Req() request: FastifyRequest): Promise<TwitchCheck> {
    return asked(() => checkTwitch(this.connection, this.watch.link, whileConnected(request)));
  }

  @Post('sign-in')
  @HttpCode(200)
  @Answers(200, twitchSignIn, 'Starts a sign-in at Twitch by a code, for the list of follows.', 409, 503)
  async begin(@Req() request: FastifyRequest): Promise<TwitchSignIn> {
    const begun = await asked(() => this.#signedIn().userToken.begin(whileConnected(request)));
    return { ...none, ...begun, state: 'waiting' };
  }

  @Get('sign-in')
  @Answers(200, twitchSignIn, 'Who is signed in at Twitch, or what a sign-in waits for.', 409, 503)
  async signIn(@Req() request: FastifyRequest): Promise<TwitchSignIn> {
    const { userToken } = this.#signedIn();
    const signal = whileConnected(request);
    const { waiting } = userToken;
    if (waiting && (await asked(() => userToken.complete(signal))) === 'waiting')
      return { ...none, ...waiting, state: 'waiting' };
    const user = await asked(() => userToken.validate(signal));
    return user
      ? { ...none, state: 'signed-in', login: user.login, expiresAt: user.expiresAt }
      : { ...none, state: 'signed-out' };
  }

  @Delete('sign-in')
  @HttpCode(204)
  @Answers(204, undefined, 'Forgets the sign-in at Twitch.', 409)
  async signOut(): Promise<void> {
    await this.#signedIn().userToken.signOut();
  }

  @Get('follows')
  @Answers(200, twitchFollows, 'The channels that the signed-in person follows, for adding them.', 409, 503)
  async follows(@Req() request: FastifyRequest): Promise<TwitchFollows> {
    const { api, userToken } = this.#signedIn();
    const signal = whileConnected(request);
    const user = await asked(() => userToken.validate(signal));
    if (!user) throw new TwitchSignedOut();
    const followed = await asked(() => api.followed(user.userId, userToken, signal));
    const rows = await this.em.fork().find(StreamerRow, { platform: 'twitch' }, { fields: ['url'] });
    const added = new Set(rows.map(({ url }) => url));
    const items = followed.map(({ broadcaster_login: login, broadcaster_name: name }) => {
      const url = `https://www.twitch.tv/${login}`;
      return { login, name: name || login, url, isAdded: added.has(url) };
    });
    return { items };
  }

  #signedIn() {
    const { signedIn } = this.connection;
    if (!signedIn) throw new TwitchNotSetUp();
    return signedIn;
  }
}

const tooLate = new TwitchFailure('away', 'Twitch did not answer in time. Try again in a moment.');

async function asked<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (isGivenUp(error)) throw new TwitchUnavailable(tooLate);
    if (!(error instanceof TwitchFailure)) throw error;
    throw error.problem === 'signed-out' ? new TwitchSignedOut() : new TwitchUnavailable(error);
  }
}
