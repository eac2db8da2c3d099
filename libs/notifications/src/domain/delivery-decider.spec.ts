import { describe, expect, it } from '@jest/globals';
import { given } from '@streamvault/kernel/testing';
import { type DeliveryCommand, deliveryDecider, foldDelivery } from './delivery-decider.js';
import type { DeliveryEvent } from './delivery-events.js';

const at = '2026-11-30T12:00:00.000Z';
const soon = '2026-11-30T12:00:05.000Z';
const later = '2026-11-30T13:00:00.000Z';
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
const both = { ...notice, title: 'T, twice' };

const subject = { noticeId: 'n', targetId: 1, notice, sourceEventId: 'e', expiresAt: null };
const queued: DeliveryEvent = { type: 'NoticeQueued', data: { ...subject, settlesAt: null, digestOf: null, at } };
const settling: DeliveryEvent = { type: 'NoticeQueued', data: { ...subject, settlesAt: soon, digestOf: null, at } };
const held: DeliveryEvent = { type: 'NoticeHeld', data: { until: later, reason: 'quiet-hours', at } };
const merged: DeliveryEvent = { type: 'NoticeMerged', data: { notice: both, mergedEventId: 'f', at } };
const sending = (attempt: number): DeliveryEvent => ({
  type: 'NoticeSending',
  data: { attempt, owner: 'p', deadline: soon, at },
});
const delivered = (attempt: number): DeliveryEvent => ({ type: 'NoticeDelivered', data: { attempt, status: 204, at } });
const deferred: DeliveryEvent = { type: 'NoticeDeferred', data: { attempt: 1, cause, retryAt: soon, at } };
const dead: DeliveryEvent = { type: 'NoticeDead', data: { attempt: 1, reason: 'refused', cause, at } };

const queue: DeliveryCommand = { type: 'QueueNotice', ...subject, at };
const hold: DeliveryCommand = { type: 'Hold', until: later, reason: 'quiet-hours', at };
const merge: DeliveryCommand = { type: 'Merge', notice: both, mergedEventId: 'f', at };
const begin: DeliveryCommand = { type: 'BeginSending', owner: 'p', deadline: soon, at };
const report: DeliveryCommand = { type: 'ReportDelivered', attempt: 1, status: 204, at };
const defer: DeliveryCommand = { type: 'Defer', attempt: 1, cause, retryAt: soon, at };
const giveUp: DeliveryCommand = { type: 'GiveUp', attempt: 1, reason: 'refused', cause, at };

type Row = [what: string, past: DeliveryEvent[], command: DeliveryCommand, then: DeliveryEvent[]];

describe('the delivery of a notice', () => {
  it.each<Row>([
    ['is queued', [], queue, [queued]],
    ['is queued once, however often its event is handled', [queued], queue, []],
    ['is not queued again after its end', [queued, sending(1), delivered(1)], queue, []],
    ['may settle first', [], { ...queue, settlesAt: soon }, [settling]],
    ['begins', [queued], begin, [sending(1)]],
    ['begins again after a failure', [queued, sending(1), deferred], begin, [sending(2)]],
    ['is taken over by another process', [queued, sending(1)], begin, [sending(2)]],
    ['succeeds', [queued, sending(1)], report, [delivered(1)]],
    ['is tried again later', [queued, sending(1)], defer, [deferred]],
    ['is given up', [queued, sending(1)], giveUp, [dead]],
    ['waits through quiet hours', [queued], hold, [held]],
    ['takes in a later event while it settles', [settling], merge, [merged]],
  ])('%s', (_, past, command, then) => {
    given(past, deliveryDecider).when(command).then(then);
  });

  it.each<[what: string, past: DeliveryEvent[], command: DeliveryCommand]>([
    ['a report before it was queued', [], report],
    ['a report of an attempt that was taken over', [queued, sending(1), sending(2)], report],
    ['a failure of an attempt that was taken over', [queued, sending(1), sending(2)], defer],
    ['a new attempt after success', [queued, sending(1), delivered(1)], begin],
    ['a new attempt after it was given up', [queued, sending(1), dead], begin],
    ['a second report', [queued, sending(1), delivered(1)], report],
    ['to wait as long as it waits already', [queued, held], hold],
    ['to wait while it is being sent', [queued, sending(1)], hold],
    ['a later event if it does not settle', [queued], merge],
    ['a later event while it is being sent', [settling, sending(1)], merge],
  ])('ignores %s', (_, past, command) => {
    given(past, deliveryDecider).when(command).thenNothing();
  });

  it.each<[past: DeliveryEvent[], state: object]>([
    [[queued], { state: 'pending', attempts: 0, dueAt: at, heldBecause: null }],
    [[settling], { state: 'pending', dueAt: soon, heldBecause: 'settling' }],
    [[queued, held], { state: 'pending', dueAt: later, heldBecause: 'quiet-hours' }],
    [[settling, merged], { state: 'pending', dueAt: at, heldBecause: null, notice: both }],
    [[queued, held, sending(1)], { state: 'sending', attempts: 1, owner: 'p', dueAt: soon, heldBecause: null }],
    [[queued, sending(1), deferred], { state: 'retry', owner: null, dueAt: soon, failure: cause }],
    [
      [queued, sending(1), deferred, sending(2), delivered(2)],
      { state: 'delivered', attempts: 2, dueAt: null, endedAt: at },
    ],
    [[queued, sending(1), dead], { state: 'dead', dueAt: null, endedAt: at, deadBecause: 'refused', failure: cause }],
  ])('folds %j to %j', (past, state) => {
    expect(foldDelivery(past)).toMatchObject(state);
  });
});
