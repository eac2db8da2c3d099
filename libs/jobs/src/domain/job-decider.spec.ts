import { describe, expect, it } from '@jest/globals';
import { given } from '@streamvault/kernel/testing';
import { type JobCommand, jobDecider } from './job-decider.js';
import type { JobEvent } from './job-events.js';

const at = (minutes: number): string => new Date(Date.UTC(2026, 10, 22, 12, minutes)).toISOString();
const job = 'check-consistency';
const hourly = { kind: 'every', seconds: 3600 } as const;
const scheduled: JobEvent = { type: 'JobScheduled', data: { job, at: at(0), by: 'server', schedule: null } };
const run = {
  runId: 'a',
  owner: 'host:1:x',
  trigger: 'schedule',
  dueAt: at(1),
  deadline: at(30),
  by: 'scheduler',
} as const;
const started: JobEvent = { type: 'JobStarted', data: { job, at: at(1), ...run } };
const interrupted: JobEvent = {
  type: 'JobFailed',
  data: {
    job,
    runId: 'a',
    at: at(2),
    seconds: 60,
    reason: 'interrupted',
    cause: { code: 'job.lost', message: 'Gone.' },
  },
};
const when = (past: JobEvent[], command: JobCommand) => given(past, jobDecider).when(command);

describe('a job', () => {
  it('counts its schedule from when it is first known, once', () => {
    when([], { type: 'IntroduceJob', job, at: at(0), by: 'server' }).then([scheduled]);
    when([scheduled], { type: 'IntroduceJob', job, at: at(5), by: 'server' }).thenNothing();
  });

  it('gets another schedule, and says so once', () => {
    const wish: JobCommand = { type: 'ScheduleJob', job, at: at(5), by: 'ann', schedule: hourly };
    const changed: JobEvent = { type: 'JobScheduled', data: { job, at: at(5), by: 'ann', schedule: hourly } };
    when([scheduled], wish).then([changed]);
    when([scheduled, changed], { ...wish, at: at(6) }).thenNothing();
  });

  it('does not make up for what was due in a pause', () => {
    const paused: JobEvent = { type: 'JobPaused', data: { job, at: at(1), by: 'ann' } };
    when([scheduled, paused], { type: 'PauseJob', job, at: at(2), by: 'ann' }).thenNothing();
    when([scheduled, paused], { type: 'ResumeJob', job, at: at(9), by: 'ann' }).thenState((state) =>
      expect(state).toMatchObject({ isPaused: false, countedFrom: at(9) }),
    );
    when([scheduled], { type: 'ResumeJob', job, at: at(9), by: 'ann' }).thenNothing();
  });

  it('runs once at a time', () => {
    const begin: JobCommand = { type: 'StartRun', job, at: at(1), ...run };
    when([scheduled], begin).then([started]);
    when([scheduled, started], begin).thenRefused('job.already-running');
    when([scheduled, started], { type: 'RequestRun', job, at: at(2), by: 'ann' }).thenRefused('job.already-running');
  });

  it('keeps one request until a run takes it up', () => {
    const request: JobCommand = { type: 'RequestRun', job, at: at(1), by: 'ann' };
    const requested: JobEvent = { type: 'JobRunRequested', data: { job, at: at(1), by: 'ann' } };
    when([scheduled], request).then([requested]);
    when([scheduled, requested], { ...request, at: at(2) }).thenNothing();
    when([scheduled, requested], { type: 'StartRun', job, at: at(3), ...run }).thenState((state) =>
      expect(state.request).toBeNull(),
    );
  });

  it('ends the run that is under way, and no other', () => {
    const outcome = { kind: 'succeeded', summary: 'All is well.', figures: {} } as const;
    when([scheduled, started], { type: 'EndRun', job, at: at(3), runId: 'a', outcome }).then([
      {
        type: 'JobSucceeded',
        data: { job, runId: 'a', at: at(3), seconds: 120, summary: 'All is well.', figures: {} },
      },
    ]);
    when([scheduled, started], { type: 'EndRun', job, at: at(3), runId: 'b', outcome }).thenNothing();
    when([scheduled], { type: 'EndRun', job, at: at(3), runId: 'a', outcome }).thenNothing();
  });

  it('that was interrupted is due again, and stays due from when it was', () =>
    void when([scheduled, started], {
      type: 'EndRun',
      job,
      at: at(2),
      runId: 'a',
      outcome: { kind: 'interrupted', cause: { code: 'job.lost', message: 'Gone.' } },
    })
      .then([interrupted])
      .thenState((state) => expect(state).toMatchObject({ running: null, interruptions: 1, countedFrom: at(0) })));
});
