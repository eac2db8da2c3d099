import { beforeEach, describe, expect, it } from '@jest/globals';
import { type ClaimRequest, Claims } from './claims.js';
import { collect, command, eventsOf, InterferedStore } from './scenario.testing.js';

describe('Claims', () => {
  let store: InterferedStore;
  let claims: Claims;
  const held = new Set<number>();
  const claim = (owner: number, more: Partial<ClaimRequest> = {}) =>
    claims.claim({
      category: 'active_recording',
      key: 7,
      owner,
      metadata: command(),
      isHeld: (holder) => Promise.resolve(held.has(holder)),
      ...more,
    });

  beforeEach(() => {
    store = new InterferedStore();
    claims = new Claims(store);
    held.clear();
  });

  it('grants a free name, and to no other owner while it is held', async () => {
    expect(await claim(1)).toEqual({ granted: true });
    held.add(1);
    expect(await claim(2)).toEqual({ granted: false, owner: 1 });
    expect(await claim(1)).toEqual({ granted: true });
    expect(await claim(2, { key: 8 })).toEqual({ granted: true });
    expect(await claims.owner('active_recording', 7)).toEqual({ owner: 1, claimedAt: '2026-11-01T12:00:00.000Z' });
    expect(await eventsOf(store, 'active_recording-7')).toHaveLength(1);
  });

  it('passes a name on if its owner no longer holds it', async () => {
    await claim(1);
    const asked: number[] = [];
    const isHeld = (owner: number) => {
      asked.push(owner);
      return Promise.resolve(false);
    };
    expect(await claim(2, { isHeld })).toEqual({ granted: true });
    expect(asked).toEqual([1]);
    expect(await claims.owner('active_recording', 7)).toMatchObject({ owner: 2 });
  });

  it('counts for half a minute before its thing exists, and is passed on after that', async () => {
    await claim(1);
    const isHeld = () => Promise.resolve(undefined);
    const after = (seconds: number) => ({
      ...command(),
      now: new Date(Date.parse(command().now) + seconds * 1000).toISOString(),
    });
    expect(await claim(2, { isHeld, metadata: after(29) })).toEqual({ granted: false, owner: 1 });
    expect(await claims.holder({ category: 'active_recording', key: 7 }, isHeld, after(29).now)).toBe(1);
    expect(await claims.holder({ category: 'active_recording', key: 7 }, isHeld, after(30).now)).toBeUndefined();
    expect(await claim(2, { isHeld, metadata: after(30) })).toEqual({ granted: true });
  });

  it('permanently gives one number to what is made once per name, also to many at once', async () => {
    let last = 0;
    const next = () => Promise.resolve((last += 1));
    const name = { category: 'videoof', key: '7.1' };
    const owners = await Promise.all([1, 2, 3].map(() => claims.ownerForGood(name, next, command())));
    expect(new Set(owners).size).toBe(1);
    expect(await claims.ownerForGood(name, next, command())).toBe(owners[0]);
    expect(last).toBe(3);
  });

  it('is free again after its release, which only its owner can do', async () => {
    await claim(1);
    const release = (owner: number) =>
      claims.release({ category: 'active_recording', key: 7, owner, metadata: command() });
    expect(await release(2)).toEqual({ released: false });
    expect(await release(1)).toEqual({ released: true });
    expect(await release(1)).toEqual({ released: false });
    expect(await claims.owner('active_recording', 7)).toBeUndefined();
    held.add(1);
    expect(await claim(2)).toEqual({ granted: true });
  });

  it('lets one of many simultaneous claims win, and names the winner to the others', async () => {
    for (let owner = 1; owner <= 20; owner++) held.add(owner);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => claim(index + 1)));
    const winner = (await claims.owner('active_recording', 7))?.owner;
    expect(answers.filter(({ granted }) => granted)).toHaveLength(1);
    for (const answer of answers) if (!answer.granted) expect(answer.owner).toBe(winner);
  });

  it('looks again after losing a race: the name may be free again', async () => {
    held.add(1);
    const other = new Claims(store);
    store.beforeAppend = async () => {
      await claim(1);
      await other.release({ category: 'active_recording', key: 7, owner: 1, metadata: command() });
    };
    expect(await claim(2)).toEqual({ granted: true });
    expect((await eventsOf(store, 'active_recording-7')).map(({ type }) => type)).toEqual([
      'Claimed',
      'Released',
      'Claimed',
    ]);
  });

  it('may be claimed, released and claimed again by one command', async () => {
    const metadata = command();
    await claim(1, { metadata });
    await claims.release({ category: 'active_recording', key: 7, owner: 1, metadata });
    expect(await claim(1, { metadata })).toEqual({ granted: true });
    expect(await claims.owner('active_recording', 7)).toMatchObject({ owner: 1 });
  });

  it('keeps what may be secret in a key out of the log', async () => {
    const key = 'https://user:secret@example.org/live.m3u8?token=secret';
    await claim(1, { category: 'streamer_url', key });
    expect(await claims.owner('streamer_url', key)).toMatchObject({ owner: 1 });
    const events = await collect(store.readAll());
    expect(events[0]?.stream).toMatch(/^streamer_url-[\da-f]{64}$/);
    expect(events.map(({ data, stream }) => JSON.stringify([data, stream])).join()).not.toContain('secret');
  });
});
