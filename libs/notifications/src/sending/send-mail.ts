import type { TargetSettings } from '@streamvault/api-contract';
import type { Connections, LedFrom } from '@streamvault/network';
import { createTransport } from 'nodemailer';
import type { Socket } from 'node:net';
import { mailOf } from '../targets/mail.js';
import type { Credentials, OutgoingNotice } from '../targets/outgoing.js';
import type { Verdict } from '../targets/verdict.js';
import { requireTarget } from './require-target.js';
import type { SendResult } from './send-result.js';

type MailSettings = Extract<TargetSettings, { kind: 'email' }>;

/**
 * Sends a mail over a connection that was dialled by the guard.
 * @throws ForbiddenAddress, and errors that may pass
 */
export async function sendMail(
  connections: Connections,
  notice: OutgoingNotice,
  settings: MailSettings,
  { password }: Credentials,
  { from, signal }: { readonly from: LedFrom; readonly signal: AbortSignal },
): Promise<SendResult> {
  const { host, port, security, user } = settings;
  const isTls = security === 'tls';
  const url = new URL(`${isTls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`);
  await requireTarget(url);
  const reach = await connections.reach(url, from, 'direct');
  const connection = await (isTls
    ? connections.dialSecurely(url, reach, 'direct')
    : connections.dial(url, reach, 'direct'));
  const onAbort = (): void => {
    connection.destroy(new Error('The mail server took too long'));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const transport = createTransport({
    host,
    port,
    secure: isTls,
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user !== null && password !== undefined && { auth: { user, pass: password } }),
    getSocket: (_options: unknown, callback: (error: Error | null, options: object) => void) =>
      callback(null, { connection, secured: isTls }),
  });
  try {
    const { from: sender, to, subject, text, messageId, headers } = mailOf(notice, settings);
    const sent = await transport.sendMail({ from: sender, to, subject, text, messageId, headers: { ...headers } });
    const some = sent.rejected.length > 0;
    return {
      verdict: some ? partly(sent.rejected.length) : { kind: 'delivered' },
      status: null,
      answer: sent.response,
    };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return { verdict: refusal, status: null, answer: answerOf(error) };
  } finally {
    signal.removeEventListener('abort', onAbort);
    end(connection);
    transport.close();
  }
}

const partly = (some: number): Verdict => ({
  kind: 'partial',
  code: 'notification.partly-delivered',
  message: `The mail server refused ${some} of the recipients. It is not retried: the others would get it twice.`,
});

/** 5xx is for good (RFC 5321 section 4.2.1); any other failure may pass. */
function refusalOf(error: unknown): Verdict | undefined {
  const code = property(error, 'responseCode');
  if (typeof code !== 'number' || code < 500) return undefined;
  const message =
    property(error, 'code') === 'EAUTH'
      ? `The mail server answered ${code}: it does not accept user and password. Enter them again.`
      : `The mail server answered ${code}: it does not take this message.`;
  return { kind: 'refused', code: 'notification.refused', message };
}

function answerOf(error: unknown): string {
  const response = property(error, 'response');
  return typeof response === 'string' ? response : '';
}

const property = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? (error as Readonly<Record<string, unknown>>)[name] : undefined;

function end(connection: Socket): void {
  if (!connection.destroyed) connection.destroy();
}
