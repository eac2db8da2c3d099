import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDecipheriv, createECDH, createPublicKey, type ECDH, hkdfSync, randomBytes, verify } from 'node:crypto';
import { House } from '../outbox-house.testing.js';
import { Receiver } from '../receiver.testing.js';
import { readSubscription, requireHttps } from './webpush.js';

/** A browser: only this browser can read what is pushed to it (RFC 8291). */
class Browser {
  readonly #keys: ECDH = createECDH('prime256v1');
  readonly #auth = randomBytes(16);

  constructor(readonly endpoint: string) {
    this.#keys.generateKeys();
  }

  get subscription(): string {
    const keys = { p256dh: this.#keys.getPublicKey('base64url'), auth: this.#auth.toString('base64url') };
    return JSON.stringify({ endpoint: this.endpoint, expirationTime: null, keys });
  }

  /** RFC 8188: salt, record size, length of the key's id, that key, then the only record. */
  read(body: Buffer): unknown {
    const salt = body.subarray(0, 16);
    const length = body[20] ?? 0;
    const sender = body.subarray(21, 21 + length);
    const record = body.subarray(21 + length);
    const shared = this.#keys.computeSecret(sender);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#keys.getPublicKey(), sender]);
    const key = Buffer.from(hkdfSync('sha256', shared, this.#auth, info, 32));
    const of = (what: string, bytes: number) =>
      Buffer.from(hkdfSync('sha256', key, salt, Buffer.from(`Content-Encoding: ${what}\0`), bytes));
    const decipher = createDecipheriv('aes-128-gcm', of('aes128gcm', 16), of('nonce', 12));
    decipher.setAuthTag(record.subarray(-16));
    const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
    return JSON.parse(padded.subarray(0, padded.lastIndexOf(2)).toString('utf8'));
  }
}

/** RFC 8292: a JWT, and the key that it is signed with. */
function claimsOf(authorization: string): unknown {
  const [, token = '', key = ''] = /^vapid t=([^,]+), k=(.+)$/.exec(authorization) ?? [];
  const [header = '', claims = '', signature = ''] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  const isRight = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  return isRight ? JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) : undefined;
}

describe('web push', () => {
  let house: House;
  let receiver: Receiver;
  let browser: Browser;

  beforeEach(async () => {
    house = await House.open();
    receiver = await Receiver.start();
    browser = new Browser(`${receiver.origin}/push/hunter2hunter2`);
  });
  afterEach(async () => {
    await receiver.stop();
    await house.close();
  });

  /** Real endpoints are https; this one is a push service on this machine. */
  async function subscribed(): Promise<number> {
    const secure = new Browser('https://push.example/hunter2hunter2');
    const credentials = { subscription: secure.subscription };
    const target = await house.add('', { settings: { kind: 'webpush' }, credentials });
    await house.vault.set(`notifications.target.${target}.subscription`, browser.subscription);
    return target;
  }

  it('reaches the one browser that can read it, signed with the key that browsers were given', async () => {
    const target = await subscribed();
    await house.queue('a', target, null, { title: 'Ada is live', text: 'x'.repeat(5000) });
    await house.look(house.worker('one'));
    expect(await house.states()).toEqual({ a: 'delivered' });
    const [{ raw, headers } = { raw: Buffer.alloc(0), headers: {} as Record<string, string> }] = receiver.got;
    expect(raw.length).toBeLessThanOrEqual(4096);
    expect(browser.read(raw)).toMatchObject({ id: 'a', title: 'Ada is live', kind: 'recording.completed' });
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', ttl: '3600', urgency: 'normal' });
    expect(claimsOf(String(headers['authorization']))).toMatchObject({
      aud: receiver.origin,
      sub: 'https://vault.example',
    });
    expect(String(headers['authorization'])).toContain(`k=${(await house.vapid.forBrowsers()).publicKey}`);
  });

  it.each([404, 410])('ends where the browser has ended its subscription: %i', async (status) => {
    const target = await subscribed();
    receiver.replies.push({ status });
    await house.queue('a', target);
    await house.look(house.worker('one'));
    expect(await house.states()).toEqual({ a: 'refused' });
    expect(await house.targets.get(target)).toMatchObject({ enabled: false, origin: 'https://push.example' });
  });

  it('keeps the same keys in the vault for ever, and publishes only the public one', async () => {
    const { publicKey, problem } = await house.vapid.forBrowsers();
    expect([Buffer.from(publicKey ?? '', 'base64url').length, problem]).toEqual([65, null]);
    expect((await house.vapid.forBrowsers()).publicKey).toBe(publicKey);
    expect(await house.vault.fields()).toEqual(['notifications.vapid']);
  });

  it.each([undefined, 'http://vault.example'])('needs https, and says so: %s', (publicUrl) => {
    expect(() => requireHttps(publicUrl)).toThrow(/https.*PUBLIC_URL/);
  });

  it.each(['', '{}', '{"endpoint":"https://push.example"}', 'null'])('refuses %s as a subscription', (text) => {
    expect(() => readSubscription(text)).toThrow(/no push subscription/);
  });

  it('refuses a subscription over plain http', () => {
    expect(() => readSubscription(browser.subscription)).toThrow(/https endpoint/);
  });
});
