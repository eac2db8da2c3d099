import { describe, expect, it } from '@jest/globals';
import { given } from '@streamvault/kernel/testing';
import { targetDecider, wants } from './target-decider.js';
import type { TargetEvent, TargetFacts } from './target-events.js';

const at = '2026-11-30T12:00:00.000Z';
const by = 'ada';
const cause = { code: 'a.b', message: 'It is gone for ever.' };
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
const added = (targetId = 1): TargetEvent => ({
  type: 'NotificationTargetAdded',
  data: { ...facts, targetId, by, at },
});
const changed = (changes: Partial<TargetFacts>): TargetEvent => ({
  type: 'NotificationTargetChanged',
  data: { ...facts, ...changes, by, at },
});
const removed: TargetEvent = { type: 'NotificationTargetRemoved', data: { targetId: 1, by, at } };
const off: TargetEvent = { type: 'NotificationTargetSwitchedOff', data: { targetId: 1, cause, at } };

const when = (past: readonly TargetEvent[]) => given(past, targetDecider);
const change = (changes: Partial<TargetFacts>) => ({ type: 'ChangeTarget', targetId: 1, by, at, changes }) as const;
const remove = { type: 'RemoveTarget', targetId: 1, by, at } as const;
const switchOff = { type: 'SwitchOffTarget', targetId: 1, at, cause } as const;

describe('a notification target', () => {
  it('is added, up to a hundred of them', () => {
    const add = (targetId: number) => ({ type: 'AddTarget', targetId, by, at, facts }) as const;
    when([])
      .when(add(1))
      .then([added(1)]);
    const hundred = Array.from({ length: 100 }, (_, index) => added(index + 1));
    when(hundred).when(add(101)).thenRefused('notification.too-many-targets', { most: 100 });
    when([...hundred, removed])
      .when(add(101))
      .then([added(101)]);
  });

  it.each<[what: string, changes: Partial<TargetFacts>]>([
    ['its name', { name: 'Tablet' }],
    ['its settings of the same kind', { settings: { kind: 'discord' }, origin: 'https://example.org' }],
    ['which events it wants', { kinds: null }],
    ['whose events it wants', { streamerIds: null }],
    ['its quiet hours', { quiet: { from: '22:00', to: '07:00', zone: null } }],
    ['its digest', { digestAt: '08:00' }],
    ['its texts', { templates: { 'recording.failed': { title: 'Oh no', text: null } } }],
    ['whether it is enabled', { enabled: false }],
  ])('changes %s and nothing else', (_, changes) => {
    when([added()])
      .when(change(changes))
      .then([changed(changes)]);
    when([added(), changed(changes)])
      .when(change(changes))
      .thenNothing();
  });

  it('cannot become one of another kind', () => {
    when([added()])
      .when(change({ settings: { kind: 'gotify', server: 'https://g' } }))
      .thenRefused('notification.invalid-target');
  });

  it('is switched off once, and enabled again without the reason', () => {
    when([added()])
      .when(switchOff)
      .then([off])
      .thenState((targets) => expect(targets.get(1)).toMatchObject({ enabled: false, switchedOff: { at, cause } }));
    when([added(), off]).when(switchOff).thenNothing();
    when([added(), changed({ enabled: false })])
      .when(switchOff)
      .thenNothing();
    when([added(), off])
      .when(change({ enabled: true }))
      .then([changed({ enabled: true })])
      .thenState((targets) => expect(targets.get(1)).toMatchObject({ enabled: true, switchedOff: null }));
  });

  it('is removed, and then there is none to change, remove or switch off', () => {
    when([added()]).when(remove).then([removed]);
    for (const past of [[], [added(), removed]]) {
      when(past).when(remove).thenRefused('notification.target-not-found', { targetId: 1 });
      when(past)
        .when(change({ name: 'Tablet' }))
        .thenRefused('notification.target-not-found');
      when(past).when(switchOff).thenNothing();
    }
  });

  it.each<[kind: string, streamerId: number | null, target: Partial<TargetFacts>, wanted: boolean]>([
    ['recording.failed', 3, {}, true],
    ['recording.failed', 4, {}, false],
    ['recording.failed', 4, { streamerIds: null }, true],
    ['recording.failed', null, {}, true],
    ['recording.started', 3, {}, false],
    ['recording.started', 3, { kinds: null }, true],
    ['recording.failed', 3, { enabled: false }, false],
  ])('wants %s of streamer %s with %j: %s', (kind, streamerId, target, wanted) => {
    expect(wants({ ...facts, ...target, switchedOff: null }, { kind, streamerId })).toBe(wanted);
  });
});
