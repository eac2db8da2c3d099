import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { AddTargetBody } from '@streamvault/api-contract';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { House } from '../outbox-house.testing.js';

/** A mail server that accepts every mail, or answers as it is told to. */
class MailServer {
  readonly got: { readonly from: string; readonly to: string[]; readonly text: string }[] = [];
  /** Answers to the next mails, oldest first; after them, mails are accepted. */
  readonly refusals: { readonly code: number; readonly words: string }[] = [];
  readonly logins: string[] = [];
  readonly #server: SMTPServer;

  private constructor(needsLogin: boolean) {
    this.#server = new SMTPServer({
      authOptional: !needsLogin,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth: ({ username = '', password = '' }, _session, done) => {
        this.logins.push(username);
        if (password === 'right-password') done(null, { user: username });
        else done(Object.assign(new Error('Wrong password'), { responseCode: 535 }));
      },
      onRcptTo: ({ address }, _session, done) =>
        done(address.startsWith('nobody') ? Object.assign(new Error('No such user'), { responseCode: 550 }) : null),
      onData: (stream, { envelope }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const refusal = this.refusals.shift();
          if (refusal) return done(Object.assign(new Error(refusal.words), { responseCode: refusal.code }));
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
          const to = envelope.rcptTo.map(({ address }) => address);
          this.got.push({ from, to, text: Buffer.concat(chunks).toString('utf8') });
          done();
        });
      },
    });
    this.#server.on('error', () => undefined);
  }

  static async start(needsLogin = false): Promise<MailServer> {
    const mail = new MailServer(needsLogin);
    mail.#server.listen(0, '127.0.0.1');
    await once(mail.#server.server, 'listening');
    return mail;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

let house: House;
let mail: MailServer;
beforeEach(async () => {
  house = await House.open();
  mail = await MailServer.start();
});
afterEach(async () => {
  await mail.stop();
  await house.close();
});

const mailTo = (to: string[], more: Partial<AddTargetBody> = {}, user: string | null = null) =>
  house.add('', {
    settings: {
      kind: 'email',
      host: '127.0.0.1',
      port: mail.port,
      security: 'none',
      user,
      from: 'vault@example.org',
      to,
    },
    credentials: {},
    ...more,
  });

it('mails a notice once, with an id that reveals a second copy, and no part of a title becomes a header', async () => {
  const target = await mailTo(['ada@example.org', 'bea@example.org']);
  await house.queue('a', target, null, { title: 'Füße\r\nBcc: eve@example.org', text: 'Evening show' });
  const worker = house.worker('one');
  await house.look(worker);
  await house.look(worker);
  expect(await house.states()).toEqual({ a: 'delivered' });
  expect(mail.got).toMatchObject([{ from: 'vault@example.org', to: ['ada@example.org', 'bea@example.org'] }]);
  const [head = ''] = (mail.got[0]?.text ?? '').split('\r\n\r\n');
  expect(head).toMatch(/^Message-ID: <a@example\.org>$/im);
  expect(head).toMatch(/^Auto-Submitted: auto-generated$/im);
  expect(head).not.toMatch(/^Bcc:/im);
});

it('tries again what the server refuses for now, and gives up what it refuses for good', async () => {
  const target = await mailTo(['ada@example.org']);
  mail.refusals.push({ code: 451, words: 'Try again later' }, { code: 554, words: 'That is spam' });
  await house.queue('a', target);
  const worker = house.worker('one');
  await house.look(worker);
  expect(await house.states()).toEqual({ a: 'retry' });
  house.now += 5000;
  await house.look(worker);
  expect(await house.list()).toMatchObject([
    { deadBecause: 'refused', attempts: 2, failure: { message: expect.stringContaining('554') } },
  ]);
});

it('reports that some of the recipients were refused, and mails the others once', async () => {
  const target = await mailTo(['ada@example.org', 'nobody@example.org']);
  await house.queue('a', target);
  await house.look(house.worker('one'));
  expect(await house.list()).toMatchObject([{ deadBecause: 'partial' }]);
  expect(mail.got.map(({ to }) => to)).toEqual([['ada@example.org']]);
});

it('signs in, and reports a wrong password without repeating it', async () => {
  await mail.stop();
  mail = await MailServer.start(true);
  const right = await mailTo(['ada@example.org'], { credentials: { password: 'right-password' } }, 'me');
  const wrong = await mailTo(['ada@example.org'], { credentials: { password: 'hunter2hunter2' } }, 'me');
  await house.queue('a', right);
  await house.queue('b', wrong);
  await house.look(house.worker('one'));
  expect(await house.states()).toEqual({ a: 'delivered', b: 'refused' });
  expect(JSON.stringify([await house.list(), house.said])).not.toContain('hunter2');
  expect(mail.logins).toEqual(expect.arrayContaining(['me']));
});

it('is not held up by a server that is gone', async () => {
  const target = await mailTo(['ada@example.org']);
  await mail.stop();
  await house.queue('a', target);
  await house.look(house.worker('one'));
  expect(await house.list()).toMatchObject([{ state: 'retry', failure: { code: 'notification.unreachable' } }]);
  mail = await MailServer.start();
});
