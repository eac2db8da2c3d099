import { describe, expect, it } from '@jest/globals';
import type { CleanupSettings } from '@streamvault/api-contract';
import { given } from '@streamvault/kernel/testing';
import { cleanupDecider, foldCleanup, noCleanup } from './cleanup-decider.js';
import type { CleanupEvent } from './cleanup-events.js';

const at = '2026-11-30T12:00:00.000Z';
const settings: CleanupSettings = { ...noCleanup, emergency: { enabled: true, hours: 12 } };
const changed: CleanupEvent = { type: 'CleanupSettingsChanged', data: { by: 'ada', at, settings } };
const run = {
  runId: 'r1',
  by: 'ada',
  at,
  outcome: 'done' as const,
  chosen: 2,
  binned: 1,
  purged: 0,
  bytesFreed: 0,
  bytesInBin: 100,
  skipped: [{ videoId: 8, code: 'conflict', message: 'It changed.' }],
};
const ran: CleanupEvent = { type: 'CleanupRan', data: run };
const change = (to: CleanupSettings) => ({ type: 'ChangeSettings', by: 'ada', at, settings: to }) as const;

describe('the cleanup', () => {
  it('removes nothing until rules are set', () => {
    expect(foldCleanup([])).toEqual({ settings: noCleanup, lastRun: null });
    expect(noCleanup).toMatchObject({ policies: [], emergency: { enabled: false } });
  });

  it.each<[what: string, past: CleanupEvent[], to: CleanupSettings, then: CleanupEvent[]]>([
    ['sets rules', [], settings, [changed]],
    ['does not change if they are the same', [changed], settings, []],
    ['does not change if it is told to have none and has none', [], noCleanup, []],
    [
      'goes back to none',
      [changed],
      noCleanup,
      [{ type: 'CleanupSettingsChanged', data: { by: 'ada', at, settings: noCleanup } }],
    ],
    ['keeps its rules through a run', [changed, ran], settings, []],
  ])('%s', (_, past, to, then) => {
    given(past, cleanupDecider).when(change(to)).then(then);
  });

  it('notes each run, with what it could not remove', () =>
    void given([changed], cleanupDecider)
      .when({ type: 'NoteRun', run })
      .then([ran])
      .thenState((state) => expect(state).toEqual({ settings, lastRun: run })));
});
