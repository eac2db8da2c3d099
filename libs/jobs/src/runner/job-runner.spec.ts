import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable, MemoryEventStore } from '@streamvault/event-store';
import { CommandHandling, EventRegistry, type Job, type JobOutcome, type JobSchedule } from '@streamvault/kernel';
import { jobEvents } from '../domain/job-events.js';
import { JobStreams } from '../job-streams.js';
import { JobRunner, type JobRunnerParts } from './job-runner.js';

const start = Date.parse('2026-11-30T12:00:00.000Z');
const silent = { info: () => {}, warn: () => {}, error: () => {} };

class TestJob implements Job {
  readonly title = 'A test.';
  readonly signals: AbortSignal[] = [];
  #ends: ((outcome: JobOutcome | Error) => void)[] = [];

  constructor(
    readonly name = 'test-job',
    readonly schedule: JobSchedule = { kind: 'every', seconds: 3600 },
    readonly deadlineSeconds = 600,
  ) {}

  get runs(): number {
    return this.signals.length;
  }

  run(signal: AbortSignal): Promise<JobOutcome> {
    this.signals.push(signal);
    return new Promise((resolve, reject) => {
      this.#ends.push((outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
    });
  }

  end(outcome: JobOutcome | Error = { summary: 'Done.', figures: { things: 1 } }): void {
    this.#ends.shift()?.(outcome);
  }

  /** The earlier ones were killed, and never end. */
  endNewest(): void {
    this.#ends.pop()?.({ summary: 'Done.' });
  }
}

class SometimesAway extends MemoryEventStore {
  isAway = false;
  override append(...all: Parameters<MemoryEventStore['append']>) {
    if (this.isAway) return Promise.reject(new EventStoreUnavailable('away'));
    return super.append(...all);
  }
}

describe('the runner of jobs', () => {
  let store: SometimesAway;
  let now: number;
  let job: TestJob;
  const runners: JobRunner[] = [];

  beforeEach(() => {
    store = new SometimesAway();
    now = start;
    job = new TestJob();
  });
  afterEach(() => {
    runners.length = 0;
  });

  const streams = () => new JobStreams(new CommandHandling({ store, registry: new EventRegistry(jobEvents) }));
  function runner(more: Partial<JobRunnerParts> = {}): JobRunner {
    const made = new JobRunner({
      jobs: [job],
      streams: streams(),
      timeZone: 'Europe/Berlin',
      owner: `host:${runners.length}:own`,
      isAlone: false,
      logger: silent,
      now: () => now,
      settleMs: 0,
      ...more,
    });
    runners.push(made);
    return made;
  }
  const state = async (name = job.name) => (await streams().current(name)).state;
  const request = (by = 'ada') =>
    streams().handle(
      { type: 'RequestRun', job: job.name, by, at: new Date(now).toISOString() },
      { commandId: `request ${by} ${now}`, correlationId: 'c', causationId: 'c', actor: by, now: '' },
    );
  const pass = (seconds: number) => {
    now += seconds * 1000;
  };
  /** Waits until nothing runs; a check that the end of a run started comes after. */
  const settled = async (of: JobRunner) => {
    await of.idle();
    await of.look();
  };

  it('introduces a job, and runs it when it is due, not before', async () => {
    const sut = runner();
    await sut.look();
    pass(3599);
    await sut.look();
    expect(job.runs).toBe(0);
    pass(1);
    await sut.look();
    expect(job.runs).toBe(1);
    pass(5);
    job.end();
    await settled(sut);
    expect((await state()).lastRun).toMatchObject({
      trigger: 'schedule',
      by: 'scheduler',
      seconds: 5,
      outcome: { kind: 'succeeded', summary: 'Done.', figures: { things: 1 } },
    });
  });

  it('never runs one twice at once, however often it checks', async () => {
    const sut = runner();
    await sut.look();
    pass(3 * 3600);
    await Promise.all([sut.look(), sut.look(), sut.look()]);
    pass(3600);
    await sut.look();
    expect(job.runs).toBe(1);
    job.end();
    await settled(sut);
  });

  it('makes up for what was missed, once', async () => {
    const first = runner();
    await first.look();
    pass(50 * 3600);
    const second = runner();
    await second.look();
    expect(job.runs).toBe(1);
    job.end();
    await settled(second);
    expect((await state()).lastRun).toMatchObject({ trigger: 'missed' });
    pass(60);
    await second.look();
    expect(job.runs).toBe(1);
  });

  it('waits a moment after its start with what is due, but not with what somebody requests', async () => {
    await runner().look();
    pass(7200);
    const sut = runner({ settleMs: 15_000 });
    await sut.look();
    expect(job.runs).toBe(0);
    await request();
    await sut.look();
    expect(job.runs).toBe(1);
    job.end();
    await settled(sut);
    expect((await state()).lastRun).toMatchObject({ trigger: 'user', by: 'ada' });
  });

  it('is one of many: if several check at once, one runs the job', async () => {
    const both = [runner(), runner()];
    for (const each of both) await each.look();
    pass(3600);
    await Promise.all(both.map((each) => each.look()));
    expect(job.runs).toBe(1);
    job.end();
    for (const each of both) await settled(each);
    await Promise.all(both.map((each) => each.look()));
    expect(job.runs).toBe(1);
  });

  it('records why it failed, and waits for the next time', async () => {
    const sut = runner();
    await sut.look();
    pass(3600);
    await sut.look();
    job.end(new Error('The disk is away.'));
    await settled(sut);
    expect((await state()).lastRun?.outcome).toEqual({
      kind: 'failed',
      cause: { code: 'job.failed', message: 'The disk is away.' },
    });
    pass(60);
    await sut.look();
    expect(job.runs).toBe(1);
    pass(3600);
    await sut.look();
    expect(job.runs).toBe(2);
    job.end();
    await settled(sut);
  });

  it('aborts what takes too long, and does not start it again while it still runs', async () => {
    job = new TestJob('test-job', { kind: 'every', seconds: 60 }, 0.02);
    const sut = runner();
    await sut.look();
    pass(60);
    await sut.look();
    const [signal] = job.signals;
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    // The end is in the log before the stubborn run is over.
    while ((await state()).running) await Promise.resolve();
    expect((await state()).lastRun?.outcome).toMatchObject({ kind: 'deadline', cause: { code: 'job.deadline' } });
    pass(120);
    await sut.look();
    expect(job.runs).toBe(1);
    job.end();
    await settled(sut);
    expect(job.runs).toBe(2);
    job.end();
    await sut.idle();
  });

  it('ends what runs when it is stopped, and the next process makes up for it', async () => {
    const sut = runner();
    await sut.look();
    pass(3600);
    await sut.look();
    job.signals[0]?.addEventListener('abort', () => job.end(new Error('aborted')));
    await sut.stop();
    expect((await state()).lastRun?.outcome).toMatchObject({ kind: 'interrupted' });
    const next = runner();
    await next.look();
    expect(job.runs).toBe(2);
    job.end();
    await settled(next);
  });

  it('makes up for a run that was killed, but not for one that crashes its process repeatedly', async () => {
    await runner().look();
    pass(3600);
    // Each of these is killed: it never checks again.
    for (let kills = 0; kills < 3; kills++) await runner({ isAlone: true, owner: `killed ${kills}` }).look();
    expect(job.runs).toBe(3);
    const sut = runner({ isAlone: true });
    await sut.look();
    expect(job.runs).toBe(3);
    expect(await state()).toMatchObject({
      running: null,
      interruptions: 3,
      lastRun: { outcome: { kind: 'interrupted' } },
    });
    pass(3600);
    await sut.look();
    expect(job.runs).toBe(4);
    job.endNewest();
    await settled(sut);
    expect(await state()).toMatchObject({ interruptions: 0 });
  });

  it('makes up at once for a run that a person asked for and that was killed, however far away its schedule is', async () => {
    await runner().look();
    await request('ada');
    await runner({ isAlone: true, owner: 'killed' }).look();
    expect(job.runs).toBe(1);
    const sut = runner({ isAlone: true });
    await sut.look();
    expect(job.runs).toBe(2);
    expect((await state()).running).toMatchObject({ trigger: 'user', by: 'ada' });
    job.endNewest();
    await settled(sut);
    expect(job.runs).toBe(2);
  });

  it('takes over from another process only well after the deadline', async () => {
    const other = runner();
    await other.look();
    pass(3600);
    await other.look();
    const sut = runner({ owner: 'another-host:1:own' });
    pass(600 + 59);
    await sut.look();
    expect(job.runs).toBe(1);
    pass(2);
    await sut.look();
    expect(job.runs).toBe(2);
    // What the lost one reports later changes nothing.
    job.end();
    await other.idle();
    expect((await state()).running).not.toBeNull();
    job.end({ summary: 'Second.' });
    await settled(sut);
    expect((await state()).lastRun?.outcome).toMatchObject({ summary: 'Second.' });
  });

  it('does not run a paused job by schedule, and makes up for nothing of that time', async () => {
    const sut = runner();
    await sut.look();
    const command = (type: 'PauseJob' | 'ResumeJob') =>
      streams().handle(
        { type, job: job.name, by: 'ada', at: new Date(now).toISOString() },
        { commandId: type, correlationId: 'c', causationId: 'c', actor: 'ada', now: '' },
      );
    await command('PauseJob');
    pass(24 * 3600);
    await sut.look();
    expect(job.runs).toBe(0);
    await command('ResumeJob');
    await sut.look();
    expect(job.runs).toBe(0);
    pass(3600);
    await sut.look();
    expect(job.runs).toBe(1);
    job.end();
    await settled(sut);
  });

  it('runs two at once and makes the others wait', async () => {
    const jobs = ['a', 'b', 'c'].map((name) => new TestJob(name));
    const sut = runner({ jobs });
    await sut.look();
    pass(3600);
    await sut.look();
    expect(jobs.map(({ runs }) => runs)).toEqual([1, 1, 0]);
    jobs[0]?.end();
    while (jobs[2]?.runs === 0) await Promise.resolve();
    jobs[1]?.end();
    jobs[2]?.end();
    await settled(sut);
    for (const each of jobs) expect((await state(each.name)).lastRun?.outcome.kind).toBe('succeeded');
  });

  it('waits out an unavailable log, when it checks and when it reports', async () => {
    const sut = runner();
    await sut.look();
    pass(3600);
    store.isAway = true;
    await sut.look();
    expect(job.runs).toBe(0);
    store.isAway = false;
    await sut.look();
    expect(job.runs).toBe(1);
    store.isAway = true;
    job.end();
    await Promise.resolve();
    store.isAway = false;
    await settled(sut);
    expect((await state()).lastRun?.outcome.kind).toBe('succeeded');
  });

  it('lists what a job did, newest run first', async () => {
    const sut = runner();
    await sut.look();
    for (const summary of ['One.', 'Two.', 'Three.']) {
      pass(3600);
      await sut.look();
      job.end({ summary });
      await settled(sut);
    }
    const runs = await streams().runs(store, job.name, 2);
    expect(runs.map(({ outcome }) => outcome)).toMatchObject([{ summary: 'Three.' }, { summary: 'Two.' }]);
  });
});
