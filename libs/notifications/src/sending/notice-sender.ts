import { errorCode, messageOf } from '@streamvault/failures';
import { Inject, Injectable } from '@nestjs/common';
import type { CredentialName } from '@streamvault/api-contract';
import { DomainError } from '@streamvault/kernel';
import { ask, Connections, ForbiddenAddress, type LedFrom, withoutSecrets } from '@streamvault/network';
import { SecretVault } from '@streamvault/secrets';
import type { Target } from '../domain/target-decider.js';
import { inWordsOf } from '../domain/template.js';
import { notificationsSettings, type NotificationsSettings } from '../notifications-settings.js';
import { credentialsOf } from '../targets/address.js';
import { clip } from '../targets/clip.js';
import type { Credentials, OutgoingNotice } from '../targets/outgoing.js';
import { type HttpSettings, requestFor } from '../targets/request-for.js';
import { type Verdict, verdictOf } from '../targets/verdict.js';
import { requireTarget } from './require-target.js';
import { sendMail } from './send-mail.js';
import type { SendResult } from './send-result.js';
import { VapidKeys } from './vapid-keys.js';
import { TargetSecrets } from './target-secrets.js';

/** How long a receiver may take, from the look-up of its name to the end of its answer. */
export const sendSeconds = 20;

/** Sends a notice to a target, once. The one way out, for the outbox and for tests by hand. */
@Injectable()
export class NoticeSender {
  readonly #secrets: TargetSecrets;

  constructor(
    private readonly connections: Connections,
    vault: SecretVault,
    private readonly vapid: VapidKeys,
    @Inject(notificationsSettings.token) private readonly settings: NotificationsSettings,
  ) {
    this.#secrets = new TargetSecrets(vault);
  }

  /** Never rejects: a failure is the result. @param seconds how long it may take */
  async send(target: Target, told: OutgoingNotice, signal?: AbortSignal, seconds = sendSeconds): Promise<SendResult> {
    let credentials: Credentials = {};
    // A test says where it comes from, whatever the templates are.
    const notice = told.isTest ? told : { ...told, ...inWordsOf(target.templates[told.kind], told) };
    const deadline = AbortSignal.timeout(seconds * 1000);
    const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
    try {
      const { needed, optional } = credentialsOf[target.settings.kind];
      credentials = await this.#secrets.read(target.targetId, [...needed, ...optional]);
      const missing = needed.find((name) => credentials[name] === undefined);
      if (missing !== undefined) return nothingSent(missingSecret(missing));
      const sent =
        target.settings.kind === 'email'
          ? await sendMail(this.connections, notice, target.settings, credentials, { from: this.#from, signal: either })
          : await this.#post(notice, target.settings, credentials, either);
      return { ...sent, answer: clip(withoutSecrets(sent.answer, knownOf(credentials)), 500) };
    } catch (error) {
      return nothingSent(this.#failure(error, knownOf(credentials), deadline.aborted ? seconds : undefined));
    }
  }

  async #post(
    notice: OutgoingNotice,
    settings: HttpSettings,
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<SendResult> {
    const vapid = settings.kind === 'webpush' ? await this.vapid.details() : undefined;
    const request = requestFor(notice, settings, credentials, new Date().toISOString(), vapid);
    const url = new URL(request.url);
    await requireTarget(url);
    const { headers, body } = request;
    const answer = await ask(this.connections, { url, headers, body, proxies: undefined, from: this.#from, signal });
    return {
      verdict: verdictOf(settings.kind, answer, Date.now()),
      status: answer.status,
      answer: answer.text,
    };
  }

  /** Where the setting allows it, what an administrator typed may lie in a private network; otherwise only what is public. */
  get #from(): LedFrom {
    return this.settings.NOTIFY_PRIVATE_TARGETS ? 'given' : 'public';
  }

  #failure(error: unknown, known: readonly string[], timedOut: number | undefined): Verdict {
    if (error instanceof ForbiddenAddress)
      return {
        kind: 'refused',
        code: 'notification.forbidden-address',
        message:
          'The address leads into a private network. Set NOTIFY_PRIVATE_TARGETS to allow that, or name the host in ALLOWED_PRIVATE_HOSTS.',
      };
    if (timedOut !== undefined)
      return retry('notification.timeout', `The receiver did not answer within ${timedOut} seconds.`);
    if (error instanceof DomainError) return retry(error.code, error.message);
    const why = errorCode(error) ?? messageOf(error);
    return retry(
      'notification.unreachable',
      clip(withoutSecrets(`The receiver could not be reached: ${why}`, known), 300),
    );
  }
}

const knownOf = (credentials: Credentials): string[] => Object.values(credentials).filter((text) => text !== undefined);
const nothingSent = (verdict: Verdict): SendResult => ({ verdict, status: null, answer: '' });
const retry = (code: string, message: string): Verdict => ({ kind: 'retry', code, message, afterSeconds: null });
const missingSecret = (name: CredentialName): Verdict => ({
  kind: 'refused',
  code: 'notification.credentials-missing',
  message: `The target has no ${name} any more. Enter it again.`,
});
