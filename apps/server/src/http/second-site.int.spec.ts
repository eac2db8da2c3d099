import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { MemoryEventStore } from '@streamvault/event-store';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, request as httpRequest, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { selfSignedCertificate } from '../../../../libs/event-store/src/certificate.testing.js';
import { ask, openAccess, own, password, setUp } from './access-server.testing.js';

/** Browsers treat it as any address of a network: no `Sec-Fetch-*`, unlike loopback. */
const lan = Object.values(networkInterfaces())
  .flat()
  .find((each) => each && !each.internal && each.family === 'IPv4')?.address;
const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const can = existsSync(executablePath) && lan !== undefined;

let folder: string;
let app: NestFastifyApplication;
let store: MemoryEventStore;
let administrator: string;
let browser: Browser;
const servers: Server[] = [];
const certificate = selfSignedCertificate();

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
async function listen(handler: RequestListener, isSecure: boolean): Promise<number> {
  const server = isSecure ? createSecureServer(certificate, handler) : createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  return portOf(server);
}

/** A reverse proxy as people have one: it speaks https, and says so. */
const proxyTo =
  (port: number): RequestListener =>
  (incoming, reply) => {
    const headers = { ...incoming.headers, 'x-forwarded-proto': 'https', 'x-forwarded-host': incoming.headers.host };
    const { url: path, method } = incoming;
    const onwards = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    });
    onwards.on('error', () => reply.destroy());
    incoming.pipe(onwards);
  };

const evilPage: RequestListener = (_, reply) =>
  void reply.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>elsewhere</title>');

beforeAll(async () => {
  if (!can) return;
  folder = await mkdtemp(join(tmpdir(), 'streamvault-second-site-'));
  ({ app, store } = await openAccess(folder, { environment: { TRUSTED_PROXIES: 'loopback', HOST: '0.0.0.0' } }));
  await app.listen(0, '0.0.0.0');
  administrator = await setUp(app, folder);
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
});
afterAll(async () => {
  if (!can) return;
  await browser.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

/** Every way that a page has to make its visitor's browser write. Says what each came to. */
const writeFrom = (page: Page, target: string): Promise<string[]> =>
  page.evaluate(async (base) => {
    const body = JSON.stringify({ name: 'mallory', role: 'administrator', password: 'a good long phrase' });
    const came: string[] = [];
    for (const mode of ['cors', 'no-cors'] as const)
      for (const type of ['application/json', 'text/plain'])
        for (const referrerPolicy of ['no-referrer', 'unsafe-url'] as const)
          for (const method of ['POST', 'DELETE'])
            came.push(
              await fetch(`${base}/api/users${method === 'POST' ? '' : '/1'}`, {
                method,
                mode,
                credentials: 'include',
                referrerPolicy,
                headers: { 'Content-Type': type },
                ...(method === 'POST' && { body }),
              }).then(
                (answer) => (answer.ok ? 'written' : 'refused'),
                () => 'refused',
              ),
            );
    navigator.sendBeacon(`${base}/api/users`, new Blob([body], { type: 'text/plain' }));
    for (const enctype of ['text/plain', 'application/x-www-form-urlencoded']) {
      const frame = document.createElement('iframe');
      frame.name = enctype;
      const form = document.createElement('form');
      Object.assign(form, { method: 'POST', enctype, action: `${base}/api/users`, target: enctype });
      const field = document.createElement('input');
      Object.assign(field, { name: `${body.slice(0, -1)},"x":"`, value: '"}' });
      form.append(field);
      document.body.append(frame, form);
      const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
      form.submit();
      await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, 3000))]);
    }
    return came;
  }, target);

/** Every way that a page has to read what its visitor may see. Says what each came to. */
const readFrom = (page: Page, target: string): Promise<string[]> =>
  page.evaluate(async (base) => {
    const came: string[] = [];
    const address = `${base}/api/users`;
    for (const mode of ['cors', 'no-cors'] as const)
      for (const referrerPolicy of ['no-referrer', 'unsafe-url'] as const)
        came.push(
          await fetch(address, { mode, credentials: 'include', referrerPolicy }).then(
            async (answer) => ((await answer.text()) === '' ? 'nothing' : 'read'),
            () => 'nothing',
          ),
        );
    for (const kind of ['script', 'img', 'link', 'video'] as const) {
      const element = document.createElement(kind);
      const ended = new Promise<string>((resolve) => {
        element.addEventListener('error', () => resolve('nothing'), { once: true });
        for (const event of ['load', 'loadedmetadata'])
          element.addEventListener(event, () => resolve('read'), { once: true });
      });
      if (element instanceof HTMLLinkElement) Object.assign(element, { rel: 'stylesheet', href: address });
      else element.src = address;
      document.body.append(element);
      came.push(await ended);
    }
    const source = new EventSource(`${base}/api/live`, { withCredentials: true });
    came.push(
      await new Promise<string>((resolve) => {
        source.addEventListener('error', () => resolve('nothing'), { once: true });
        source.addEventListener('open', () => resolve('read'), { once: true });
      }),
    );
    source.close();
    const frame = document.createElement('iframe');
    frame.src = address;
    const shown = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
    document.body.append(frame);
    await shown;
    let inside = '';
    try {
      inside = frame.contentWindow?.document.body.textContent ?? '';
    } catch {
      // The browser keeps it from us.
    }
    came.push(inside === '' ? 'nothing' : 'read');
    return came;
  }, target);

const accounts = async (): Promise<number> => {
  let count = 0;
  for await (const _ of store.readStream('accounts-all')) count += 1;
  return count;
};

describe.each(['http', 'https'] as const)('a page elsewhere, by %s', (scheme) => {
  (can ? it : it.skip)(
    'makes the browser of somebody who is signed in write nothing, and reads nothing',
    async () => {
      const isSecure = scheme === 'https';
      const direct = Number(new URL(await app.getUrl()).port);
      const port = isSecure ? await listen(proxyTo(direct), true) : direct;
      const base = `${scheme}://${lan}:${port}`;
      const evil = await listen(evilPage, isSecure);
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      const page = await context.newPage();
      try {
        await page.goto(`${base}/api/session`);
        const signedIn = await page.evaluate(async (secret) => {
          const body = JSON.stringify({ name: 'admin', password: secret });
          const headers = { 'Content-Type': 'application/json' };
          const answer = await fetch('/api/session', { method: 'POST', headers, body });
          return [answer.status, (await fetch('/api/users')).status];
        }, password);
        expect(signedIn).toEqual([200, 200]);
        const [cookie] = (await context.cookies()).filter(({ name }) => !name.endsWith('device'));
        expect(cookie).toMatchObject({
          name: isSecure ? '__Host-streamvault' : 'streamvault',
          httpOnly: true,
          secure: isSecure,
        });
        const before = await accounts();
        // Another port of the same host gets the cookies sent along; another host does not.
        for (const host of [lan, '127.0.0.1']) {
          await page.goto(`${scheme}://${host}:${evil}/`);
          const [written, read] = [await writeFrom(page, base), await readFrom(page, base)];
          expect([host, new Set(written), new Set(read)]).toEqual([host, new Set(['refused']), new Set(['nothing'])]);
        }
        expect(await accounts()).toBe(before);
        expect((await ask(app, 'GET', '/api/users', own(administrator))).json()).toMatchObject({
          items: [{ name: 'admin' }],
        });
      } finally {
        await context.close();
      }
    },
    60_000,
  );
});
