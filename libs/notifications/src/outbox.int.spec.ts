import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChangeTarget } from './commands/change-target/change-target.command.js';
import { ChangeTargetHandler } from './commands/change-target/change-target.handler.js';
import { RemoveTarget } from './commands/remove-target/remove-target.command.js';
import { RemoveTargetHandler } from './commands/remove-target/remove-target.handler.js';
import { TestTarget } from './commands/test-target/test-target.command.js';
import { TestTargetHandler } from './commands/test-target/test-target.handler.js';
import { House, key, secret, start } from './outbox-house.testing.js';
import { Receiver } from './receiver.testing.js';

describe('the outbox of notices', () => {
  let house: House;
  let receiver: Receiver;
  const ids = () => receiver.got.map(({ headers }) => headers['webhook-id']);

  beforeEach(async () => {
    house = await House.open();
    receiver = await Receiver.start();
  });
  afterEach(async () => {
    await receiver.stop();
    await house.close();
  });

  it('delivers in order, each once, signed', async () => {
    const target = await house.add(receiver.origin);
    for (const id of ['a', 'b', 'c']) await house.queue(id, target);
    const worker = house.worker('one');
    await house.look(worker);
    await house.look(worker);
    expect(ids()).toEqual(['a', 'b', 'c']);
    const [first] = receiver.got;
    const signed = `a.${String(first?.headers['webhook-timestamp'])}.${first?.body}`;
    expect(first?.headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    expect(await house.states()).toEqual({ a: 'delivered', b: 'delivered', c: 'delivered' });
  });

  it('waits as long as a receiver says, and sends nothing else meanwhile', async () => {
    const target = await house.add(receiver.origin);
    receiver.replies.push({ status: 429, headers: { 'retry-after': '120' } });
    await house.queue('a', target);
    await house.queue('b', target);
    const worker = house.worker('one');
    await house.look(worker);
    house.now += 119_000;
    await house.look(worker);
    expect([ids(), await house.states()]).toEqual([['a'], { a: 'retry', b: 'pending' }]);
    house.now += 1000;
    await house.look(worker);
    expect(ids()).toEqual(['a', 'a', 'b']);
  });

  it('gives up what hangs or drops when it is no longer news, and says why', async () => {
    const target = await house.add(receiver.origin);
    receiver.replies.push('hang', 'drop');
    await house.queue('a', target, new Date(start + 30_000).toISOString());
    await house.look(house.worker('one', { seconds: 0.2 }));
    expect(await house.list()).toMatchObject([{ state: 'retry', failure: { code: 'notification.timeout' } }]);
    house.now += 5000;
    await house.look(house.worker('one'));
    expect(await house.list()).toMatchObject([
      { state: 'dead', deadBecause: 'expired', attempts: 2, failure: { code: 'notification.unreachable' } },
    ]);
  });

  it('switches off a target that is gone, and drops its pending notices', async () => {
    const target = await house.add(receiver.origin);
    receiver.replies.push({ status: 410 });
    await house.queue('a', target);
    await house.queue('b', target);
    await house.look(house.worker('one'));
    expect(await house.states()).toEqual({ a: 'refused', b: 'target-off' });
    expect(await house.targets.get(target)).toMatchObject({
      enabled: false,
      switchedOff: { cause: { code: 'notification.receiver-gone' } },
    });
    expect(receiver.got).toHaveLength(1);
  });

  it('sends again after a restart in the middle, with the same id', async () => {
    const target = await house.add(receiver.origin);
    receiver.replies.push('hang');
    await house.queue('a', target);
    const first = house.worker('one');
    const arrived = receiver.next();
    await first.look();
    await arrived;
    await first.stop();
    await house.caughtUp();
    expect(await house.states()).toEqual({ a: 'sending' });
    await house.look(house.worker('two'));
    expect(await house.list()).toMatchObject([{ id: 'a', state: 'delivered', attempts: 2 }]);
    expect(receiver.got.map(({ headers }) => headers['idempotency-key'])).toEqual(['a', 'a']);
  });

  it('leaves to another process what that one is sending, until its deadline', async () => {
    const target = await house.add(receiver.origin);
    receiver.replies.push('hang');
    await house.queue('a', target);
    const first = house.worker('one', { isAlone: false });
    const arrived = receiver.next();
    await first.look();
    await arrived;
    const second = house.worker('two', { isAlone: false });
    await house.look(second);
    expect(receiver.got).toHaveLength(1);
    house.now += 60_000;
    await house.look(second);
    await first.stop();
    expect(await house.states()).toEqual({ a: 'delivered' });
  });

  it('rests after five failures in a row', async () => {
    const target = await house.add(receiver.origin);
    receiver.replies.push(...Array.from({ length: 5 }, () => ({ status: 500 })));
    await house.queue('a', target);
    const worker = house.worker('one');
    for (const seconds of [0, 5, 30, 120, 300]) {
      house.now += seconds * 1000;
      await house.look(worker);
    }
    expect([receiver.got.length, worker.resting]).toEqual([5, [target]]);
    house.now += 900_000;
    await house.look(worker);
    expect([await house.states(), worker.resting]).toEqual([{ a: 'delivered' }, []]);
  });

  it("returns the receiver's answer to a test", async () => {
    const target = await house.add(receiver.origin);
    receiver.replies.push({ status: 403, text: `no ${secret}` });
    const test = new TestTargetHandler(house.targets, house.sender(), { publicUrl: undefined });
    expect(await test.execute(new TestTarget(target, house.metadata()))).toMatchObject({
      delivered: false,
      status: 403,
      answer: 'no …',
      failure: { code: 'notification.refused' },
    });
    expect(await test.execute(new TestTarget(target, house.metadata()))).toMatchObject({
      delivered: true,
      status: 200,
    });
    expect(JSON.parse(receiver.got[1]?.body ?? '')).toMatchObject({ type: 'test' });
    expect(await house.list()).toEqual([]);
  });

  it.each([
    ['a private address without the setting', false, undefined],
    ['a metadata address whatever the setting', true, 'http://169.254.169.254'],
    ['another link-local address', true, 'http://169.254.7.7'],
  ])('does not go to %s', async (_, privately, origin) => {
    const target = await house.add(origin ?? receiver.origin);
    const test = new TestTargetHandler(house.targets, house.sender(privately), { publicUrl: undefined });
    expect(await test.execute(new TestTarget(target, house.metadata()))).toMatchObject({
      delivered: false,
      status: null,
      failure: { code: 'notification.forbidden-address' },
    });
    expect(receiver.got).toEqual([]);
  });

  it('leaves no secret in the log, in files, or in messages, and erases them with their target', async () => {
    const target = await house.add(receiver.origin);
    receiver.replies.push({ status: 500 });
    await house.queue('a', target);
    await house.look(house.worker('one'));
    const url = `${receiver.origin}/in/another-hunter2hunter2`;
    const change = new ChangeTargetHandler(house.targets, house.vault);
    await change.execute(new ChangeTarget(target, { credentials: { url } }, house.metadata()));
    const told: unknown[] = [house.said];
    for await (const event of house.store.readAll()) told.push(event.data);
    for (const file of await readdir(house.folder, { recursive: true, withFileTypes: true }))
      if (file.isFile()) told.push((await readFile(join(file.parentPath, file.name))).toString('latin1'));
    expect(told.length).toBeGreaterThan(5);
    expect(JSON.stringify(told)).not.toMatch(/hunter2|whsec_/);
    await new RemoveTargetHandler(house.targets, house.vault).execute(new RemoveTarget(target, house.metadata()));
    expect(await house.vault.fields()).toEqual([]);
    house.now += 5000;
    await house.look(house.worker('two'));
    expect(await house.states()).toEqual({ a: 'target-removed' });
  });

  it('refuses what cannot work, without repeating it', async () => {
    await expect(house.add('ftp://hunter2')).rejects.toThrow(/http or https/);
    await expect(house.add('http://ada:hunter2@h.example')).rejects.toThrow(/no user and no password/);
    await expect(house.add('', { credentials: {} })).rejects.toThrow(/needs the credentials: url/);
    await expect(house.add('', { credentials: { url: 'https://h.example', token: 'hunter2' } })).rejects.toThrow(
      /has no token/,
    );
    expect([await house.vault.fields(), (await house.targets.all()).size]).toEqual([[], 0]);
  });
});
