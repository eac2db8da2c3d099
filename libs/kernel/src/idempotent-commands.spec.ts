import { beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable } from '@streamvault/event-store';
import {
  type Answer,
  IdempotencyKeyReused,
  IdempotentCommands,
  type IdempotentRequest,
} from './idempotent-commands.js';
import { collect, command, InterferedStore } from './scenario.testing.js';

const request: IdempotentRequest = {
  key: 'my-secret-key',
  scope: 'POST /api/streamers',
  fingerprint: '{"url":"https://example.org/secret"}',
  metadata: command(),
  now: '2026-11-01T12:00:00.000Z',
};

describe('IdempotentCommands', () => {
  let store: InterferedStore;
  let commands: IdempotentCommands;
  let executed: string[];
  const run = (more: Partial<IdempotentRequest> = {}, answer: Partial<Answer> = {}, on = commands) =>
    on.run({ ...request, ...more }, (commandId) => {
      executed.push(commandId);
      return Promise.resolve({ status: 201, body: { id: executed.length }, ...answer });
    });

  beforeEach(() => {
    store = new InterferedStore();
    commands = new IdempotentCommands(store);
    executed = [];
  });

  it('gives the first answer again, also after a restart', async () => {
    const first = await run();
    expect(first).toEqual({ status: 201, body: { id: 1 } });
    expect(await run()).toEqual(first);
    expect(await run({}, {}, new IdempotentCommands(store))).toEqual(first);
    expect(executed).toHaveLength(1);
  });

  it('keeps refusals too: they are answers', async () => {
    await run({}, { status: 409, body: { code: 'recording.already-active' } });
    expect(await run()).toEqual({ status: 409, body: { code: 'recording.already-active' } });
  });

  it.each([500, 503, 429])('does not keep a %i: the client should be able to retry', async (status) => {
    expect(await run({}, { status })).toMatchObject({ status });
    expect(await run()).toMatchObject({ status: 201 });
    expect(executed[1]).toBe(executed[0]);
  });

  it('refuses the key for another request, also while the first is being answered', async () => {
    await run();
    await expect(run({ fingerprint: 'other' })).rejects.toThrow(IdempotencyKeyReused);
    const slow = Promise.withResolvers<Answer>();
    const first = commands.run({ ...request, key: 'slow' }, () => slow.promise);
    await expect(run({ key: 'slow', fingerprint: 'other' })).rejects.toMatchObject({ code: 'idempotency-key.reused' });
    slow.resolve({ status: 200, body: null });
    expect(await first).toEqual({ status: 200, body: null });
    expect(await run({ scope: 'DELETE /api/streamers', fingerprint: 'other' })).toMatchObject({ status: 201 });
  });

  it('makes an identical simultaneous request wait for the first', async () => {
    const answers = await Promise.all([run(), run(), run()]);
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
    expect(executed).toHaveLength(1);
  });

  it('executes under the same command id after a crash in the middle', async () => {
    const crashed = commands.run(request, (commandId) => {
      executed.push(commandId);
      return Promise.reject(new Error('killed'));
    });
    await expect(crashed).rejects.toThrow('killed');
    await run({ now: '2026-11-01T12:05:00.000Z' }, {}, new IdempotentCommands(store));
    expect(executed[1]).toBe(executed[0]);
  });

  it('continues if the key was recorded but the append was never confirmed', async () => {
    store.afterAppend = () => Promise.reject(new EventStoreUnavailable('the connection broke'));
    await expect(run()).rejects.toThrow(EventStoreUnavailable);
    expect(await run()).toMatchObject({ status: 201 });
    expect(await collect(store.readAll())).toHaveLength(2);
  });

  it('gives the first answer if another process got the same request and was quicker', async () => {
    const elsewhere = new IdempotentCommands(store);
    const answer = await commands.run(request, async (commandId) => {
      const other = await elsewhere.run(request, (sameId) => {
        expect(sameId).toBe(commandId);
        return Promise.resolve({ status: 201, body: 'other' });
      });
      expect(other.body).toBe('other');
      return { status: 201, body: 'ours' };
    });
    expect(answer.body).toBe('other');
  });

  it('forgets after 24 hours', async () => {
    await run();
    expect(await run({ now: '2026-11-02T11:59:59.000Z' })).toEqual({ status: 201, body: { id: 1 } });
    const later = { now: '2026-11-02T12:00:01.000Z', fingerprint: 'other' };
    expect(await run(later)).toEqual({ status: 201, body: { id: 2 } });
    expect(await run(later)).toEqual({ status: 201, body: { id: 2 } });
    expect(executed[1]).not.toBe(executed[0]);
  });

  it('stores neither the key nor the request in clear text', async () => {
    await run();
    const log = (await collect(store.readAll())).map(({ stream, data, metadata }) => [stream, data, metadata]);
    expect(JSON.stringify(log)).not.toMatch(/secret/);
  });
});
