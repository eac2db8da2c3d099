import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { problem } from '@streamvault/http-kit';
import { INSTALLATION, type Installation, KERNEL_LOGGER, type KernelLogger } from '@streamvault/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NoticeInbox } from '../eventsub/notice-inbox.js';
import { readWebhookMessage } from '../eventsub/webhook-message.js';
import { twitchSettings, type TwitchSettings } from '../twitch/twitch-settings.js';
import { TwitchWatch } from '../watch/twitch-watch.js';

const bodyLimitBytes = 64 * 1024;

/**
 * `POST /eventsub`: Twitch's notices. The bytes are checked as they came, before they are parsed, so it is not a route
 * of Nest's. A notice is answered when it is in the log; if it cannot be stored, the answer is 503, and Twitch sends it
 * again.
 */
@Injectable()
export class EventSubWebhook implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly inbox: NoticeInbox,
    private readonly watch: TwitchWatch,
    @Inject(twitchSettings.token) private readonly settings: TwitchSettings,
    @Inject(INSTALLATION) private readonly installation: Installation,
    @Inject(KERNEL_LOGGER) private readonly logger: KernelLogger,
  ) {}

  onModuleInit(): void {
    const { EVENTSUB_SECRET: secret } = this.settings;
    if (secret === undefined || !this.installation.roles.has('api')) return;
    const fastify = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyLimitBytes }, (_request, body, parsed) =>
        parsed(null, body),
      );
      scope.post('/eventsub', { bodyLimit: bodyLimitBytes }, (request, reply) => this.#answer(request, reply, secret));
      done();
    });
  }

  async #answer(request: FastifyRequest, reply: FastifyReply, secret: string): Promise<FastifyReply> {
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const message = readWebhookMessage(request.headers, raw, secret, Date.now());
    switch (message.kind) {
      case 'forged':
        return refuse(reply, 403, 'eventsub.forged', 'The signature is not Twitch’s.');
      case 'stale':
        // It will not get younger: another try is useless.
        this.logger.warn('A notice of Twitch was too old or too new and was dropped', {});
        return reply.status(204).send();
      case 'unreadable':
        this.logger.warn('A notice of Twitch could not be read and was dropped', {});
        return reply.status(204).send();
      case 'challenge':
        return reply.status(200).type('text/plain').send(message.challenge);
      case 'revocation':
        this.logger.warn('Twitch revoked a subscription; StreamVault makes it again', {
          type: message.type,
          status: message.status,
        });
        this.watch.distrust();
        return reply.status(204).send();
      case 'notification':
        return this.#store(message, reply);
      default:
        return message satisfies never;
    }
  }

  async #store(
    { messageId, sentAt, type, event }: Extract<ReturnType<typeof readWebhookMessage>, { kind: 'notification' }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    try {
      await this.inbox.take({ messageId, sentAt, type, event, over: 'webhook' });
      return await reply.status(204).send();
    } catch (error) {
      this.logger.error('A notice of Twitch could not be stored; Twitch sends it again', { error });
      void reply.header('Retry-After', '5');
      return refuse(reply, 503, 'dependency.down', 'The notice could not be stored.');
    }
  }
}

const refuse = (reply: FastifyReply, status: number, code: string, detail: string): FastifyReply =>
  reply
    .status(status)
    .type('application/problem+json')
    .send(problem(status, code, detail, '/eventsub'));
