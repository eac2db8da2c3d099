import { describe, expect, it } from '@jest/globals';
import { type Delivery, type DeliveryCommand, deliveryDecider } from './delivery-decider.js';
import { expiryOf } from './notice.js';
import { noticeOfRecording, noticeOfVideo } from './notice-of-event.js';
import { Circuit, isExpired, mostAttempts, retryDelay } from './retry.js';
import { type TargetCommand, targetDecider, type Targets, wants } from './target-decider.js';
import type { TargetFacts } from './target-events.js';

const at = '2026-11-30T12:00:00.000Z';
const cause = { code: 'a.b', message: 'It did not work.' };
const notice = {
  kind: 'recording.failed',
  severity: 'failure',
  title: 'T',
  text: '',
  at,
  streamerId: 3,
  streamerName: 'Ada',
  show: 'Evening show',
  recordingId: 7,
  videoId: null,
  link: null,
} as const;
const queue: DeliveryCommand = {
  type: 'QueueNotice',
  noticeId: 'n',
  targetId: 1,
  notice,
  sourceEventId: 'e',
  expiresAt: null,
  at,
};
const begin: DeliveryCommand = { type: 'BeginSending', owner: 'p', deadline: at, at };

const after = (...commands: readonly DeliveryCommand[]): Delivery | undefined =>
  commands.reduce<Delivery | undefined>(
    (state, command) => deliveryDecider.decide(command, state).reduce(deliveryDecider.evolve, state),
    undefined,
  );

describe('a delivery', () => {
  it('is queued once however often its event is handled', () => {
    expect(deliveryDecider.decide(queue, after(queue))).toEqual([]);
    expect(deliveryDecider.decide(queue, after(queue, begin))).toEqual([]);
  });

  it('goes from pending to sending, retry and delivered', () => {
    const retry: DeliveryCommand = { type: 'Defer', attempt: 1, cause, retryAt: '2026-11-30T12:00:05.000Z', at };
    expect(after(queue)).toMatchObject({ state: 'pending', attempts: 0 });
    expect(after(queue, begin)).toMatchObject({ state: 'sending', attempts: 1, owner: 'p' });
    expect(after(queue, begin, retry)).toMatchObject({
      state: 'retry',
      dueAt: '2026-11-30T12:00:05.000Z',
      failure: cause,
    });
    expect(after(queue, begin, retry, begin, { type: 'ReportDelivered', attempt: 2, status: 200, at })).toMatchObject({
      state: 'delivered',
      attempts: 2,
      dueAt: null,
    });
  });

  it('ignores reports of an attempt that was taken over, and after its end', () => {
    const taken = after(queue, begin, begin);
    expect(deliveryDecider.decide({ type: 'ReportDelivered', attempt: 1, status: 200, at }, taken)).toEqual([]);
    const dead = after(queue, begin, { type: 'GiveUp', attempt: 1, reason: 'refused', cause, at });
    expect(dead).toMatchObject({ state: 'dead', deadBecause: 'refused' });
    expect(deliveryDecider.decide(begin, dead)).toEqual([]);
  });
});

describe('retrying', () => {
  it('waits longer each time, obeys the receiver, and ends', () => {
    expect([retryDelay(1, null, 0), retryDelay(2, null, 0.5), retryDelay(3, 600, 0)]).toEqual([5, 33, 600]);
    expect(retryDelay(1, 10 ** 9, 0)).toBe(86_400);
    expect(retryDelay(mostAttempts, null, 0)).toBeNull();
  });

  it('is news for a while, failures always', () => {
    const expiresAt = expiryOf({ kind: 'streamer.live', at });
    expect(isExpired(expiresAt, '2026-11-30T12:14:59.000Z')).toBe(false);
    expect(isExpired(expiresAt, '2026-11-30T12:15:00.000Z')).toBe(true);
    expect(expiryOf({ kind: 'disk.full', at })).toBeNull();
  });

  it('rests after five failures in a row, for five minutes, and one success ends it', () => {
    const circuit = new Circuit();
    for (let failures = 0; failures < 4; failures++) circuit.failed(0);
    expect(circuit.restingUntil(0)).toBeUndefined();
    circuit.failed(0);
    expect([circuit.restingUntil(299_999), circuit.restingUntil(300_000)]).toEqual([300_000, undefined]);
    circuit.failed(300_000);
    expect(circuit.restingUntil(300_001)).toBe(600_000);
    circuit.succeeded();
    expect(circuit.restingUntil(300_001)).toBeUndefined();
  });
});

describe('targets', () => {
  const facts: TargetFacts = {
    targetId: 1,
    name: 'Phone',
    settings: { kind: 'discord' },
    origin: 'https://discord.com',
    kinds: ['recording.failed'],
    streamerIds: [3],
    quiet: null,
    digestAt: null,
    templates: {},
    enabled: true,
  };
  const add = { type: 'AddTarget', targetId: 1, by: 'ada', at, facts } as const;
  const run = (...commands: readonly TargetCommand[]): Targets =>
    commands.reduce<Targets>(
      (state, command) => targetDecider.decide(command, state).reduce(targetDecider.evolve, state),
      targetDecider.initialState(),
    );

  it.each([
    ['recording.failed', 3, true],
    ['recording.failed', 4, false],
    ['recording.started', 3, false],
    ['recording.failed', null, true],
  ])('wants %s of %s: %s', (kind, streamerId, wanted) => {
    const target = run(add).get(1);
    expect(target && wants(target, { kind, streamerId })).toBe(wanted);
  });

  it('is switched off once, and enabled again without the reason', () => {
    const off = { type: 'SwitchOffTarget', targetId: 1, at, cause } as const;
    expect(run(add, off).get(1)).toMatchObject({ enabled: false, switchedOff: { cause } });
    expect(targetDecider.decide(off, run(add, off))).toEqual([]);
    const on = { type: 'ChangeTarget', targetId: 1, by: 'ada', at, changes: { enabled: true } } as const;
    expect(run(add, off, on).get(1)).toMatchObject({ enabled: true, switchedOff: null });
    expect(targetDecider.decide(on, run(add))).toEqual([]);
  });

  it('does not change its kind, and is gone after it was removed', () => {
    const other = {
      type: 'ChangeTarget',
      targetId: 1,
      by: 'ada',
      at,
      changes: { settings: { kind: 'gotify', server: 'https://g' } },
    } as const;
    expect(() => run(add, other)).toThrow(/of the kind discord/);
    const remove = { type: 'RemoveTarget', targetId: 1, by: 'ada', at } as const;
    expect(() => run(add, remove, remove)).toThrow(/no notification target 1/);
  });
});

describe('what happened, in words', () => {
  const of = { streamerId: 3, streamerName: 'Ada', title: 'Evening show' };
  const disk = { code: 'disk.full', message: 'The disk is full.' };
  const source = { code: 'source.gone', message: 'The source is gone.' };

  it.each([
    ['CaptureStarted', { at }, 'recording.started'],
    ['RecordingCompleted', { at }, 'recording.completed'],
    ['RecordingFailed', { at, cause: source }, 'recording.failed'],
    ['CaptureInterrupted', { at, cause: source, deadline: at }, 'recording.interrupted'],
    ['CaptureInterrupted', { at, cause: disk, deadline: at }, 'disk.full'],
    ['StopRequested', { at, by: 'x', cause: disk, deadline: at }, 'disk.full'],
    ['StopRequested', { at, by: 'ada', cause: null, deadline: at }, undefined],
    ['GapRecorded', { at, from: at, to: at, seconds: 12.4, cause: source }, 'recording.gap'],
    ['GapRecorded', { at, from: at, to: at, seconds: 9.9, cause: source }, undefined],
    ['StepFailed', { at, name: 'publish', attempt: 1, cause: source, retryAt: at }, undefined],
    ['StepFailed', { at, name: 'publish', attempt: 9, cause: source, retryAt: null }, 'recording.step_failed'],
    ['PartOpened', { at, number: 1 }, undefined],
  ])('%s %j is %s', (type, data, kind) => {
    expect(noticeOfRecording({ type, data }, of)?.kind).toBe(kind);
  });

  it('reports who binned a video and until when, without line breaks in a title', () => {
    const data = { videoId: 1, by: 'ada', at, rule: null, bytes: 1, purgeAfter: at };
    expect(noticeOfVideo({ type: 'VideoBinned', data }, { ...of, title: 'a\r\nBcc: b' })).toMatchObject({
      kind: 'video.binned',
      title: 'In the bin: a Bcc: b',
      text: `By ada.\nIt can be restored until ${at}.`,
    });
  });
});
