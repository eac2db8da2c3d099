import type { Decider, JobSchedule } from '@streamvault/kernel';
import { JobAlreadyRunning } from './job-errors.js';
import type { JobEvent } from './job-events.js';
import { type JobRunOutcome, type JobState, mostInterruptions } from './job-state.js';

/** `at`: when, ISO 8601 UTC. */
export type JobCommand = { readonly job: string; readonly at: string } & (
  | { readonly type: 'ScheduleJob'; readonly by: string; readonly schedule: JobSchedule | null }
  /** The job is known for the first time, and its schedule counts from then. */
  | { readonly type: 'IntroduceJob'; readonly by: string }
  | { readonly type: 'PauseJob' | 'ResumeJob' | 'RequestRun'; readonly by: string }
  | {
      readonly type: 'StartRun';
      readonly by: string;
      readonly runId: string;
      readonly owner: string;
      readonly trigger: 'schedule' | 'missed' | 'user';
      readonly dueAt: string | null;
      readonly deadline: string;
    }
  | { readonly type: 'EndRun'; readonly runId: string; readonly outcome: JobRunOutcome }
);

export const jobDecider: Decider<JobState, JobCommand, JobEvent> = {
  initialState: () => ({
    schedule: null,
    countedFrom: null,
    isPaused: false,
    running: null,
    lastRun: null,
    request: null,
    interruptions: 0,
  }),
  evolve,
  decide(command, state) {
    const { job, at } = command;
    switch (command.type) {
      case 'IntroduceJob':
        return state.countedFrom === null
          ? [{ type: 'JobScheduled', data: { job, at, by: command.by, schedule: null } }]
          : [];
      case 'ScheduleJob': {
        const { by, schedule } = command;
        return state.countedFrom !== null && isSame(schedule, state.schedule)
          ? []
          : [{ type: 'JobScheduled', data: { job, at, by, schedule } }];
      }
      case 'PauseJob':
        return state.isPaused ? [] : [{ type: 'JobPaused', data: { job, at, by: command.by } }];
      case 'ResumeJob':
        return state.isPaused ? [{ type: 'JobResumed', data: { job, at, by: command.by } }] : [];
      case 'RequestRun':
        if (state.running) throw new JobAlreadyRunning(job, state.running.startedAt);
        return state.request ? [] : [{ type: 'JobRunRequested', data: { job, at, by: command.by } }];
      case 'StartRun': {
        if (state.running) throw new JobAlreadyRunning(job, state.running.startedAt);
        const { by, runId, owner, trigger, dueAt, deadline } = command;
        return [{ type: 'JobStarted', data: { job, at, by, runId, owner, trigger, dueAt, deadline } }];
      }
      case 'EndRun':
        return endRun(command, state);
      default:
        return command satisfies never;
    }
  },
};

function endRun(
  { job, at, runId, outcome }: Extract<JobCommand, { type: 'EndRun' }>,
  { running }: JobState,
): readonly JobEvent[] {
  // Another process has declared it lost meanwhile, or this is reported twice.
  if (running?.runId !== runId) return [];
  const ended = { job, runId, at, seconds: Math.max(0, (Date.parse(at) - Date.parse(running.startedAt)) / 1000) };
  return outcome.kind === 'succeeded'
    ? [{ type: 'JobSucceeded', data: { ...ended, summary: outcome.summary, figures: { ...outcome.figures } } }]
    : [{ type: 'JobFailed', data: { ...ended, reason: outcome.kind, cause: { ...outcome.cause } } }];
}

function evolve(state: JobState, event: JobEvent): JobState {
  switch (event.type) {
    case 'JobScheduled':
      return { ...state, schedule: event.data.schedule, countedFrom: event.data.at };
    case 'JobPaused':
      return { ...state, isPaused: true };
    case 'JobResumed':
      // What was due during a pause is not made up for, because it was not wanted.
      return { ...state, isPaused: false, countedFrom: event.data.at };
    case 'JobRunRequested':
      return { ...state, request: { by: event.data.by, at: event.data.at } };
    case 'JobStarted': {
      const { runId, owner, trigger, by, at: startedAt, deadline } = event.data;
      return { ...state, request: null, running: { runId, owner, trigger, by, startedAt, deadline } };
    }
    case 'JobSucceeded':
    case 'JobFailed':
      return ended(state, event);
    default:
      return event satisfies never;
  }
}

function ended(state: JobState, event: Extract<JobEvent, { type: 'JobSucceeded' | 'JobFailed' }>): JobState {
  const { running } = state;
  if (!running) return state;
  const { at: endedAt, seconds } = event.data;
  const outcome: JobRunOutcome =
    event.type === 'JobSucceeded'
      ? { kind: 'succeeded', summary: event.data.summary, figures: event.data.figures }
      : { kind: event.data.reason, cause: event.data.cause };
  const interruptions = outcome.kind === 'interrupted' ? state.interruptions + 1 : 0;
  const isMadeUp = interruptions > 0 && interruptions < mostInterruptions;
  return {
    ...state,
    running: null,
    // A run that a person asked for is asked for again: its schedule may be hours away, or switched off.
    request: isMadeUp && running.trigger === 'user' ? { by: running.by, at: endedAt } : state.request,
    lastRun: { ...running, endedAt, seconds, outcome },
    countedFrom: isMadeUp ? state.countedFrom : running.startedAt,
    interruptions,
  };
}

function isSame(one: JobSchedule | null, other: JobSchedule | null): boolean {
  if (one === null || other === null) return one === other;
  return one.kind === 'cron'
    ? other.kind === 'cron' && one.expression === other.expression
    : other.kind === 'every' && one.seconds === other.seconds;
}

/** A job's events as its state, for time travel. */
export const foldJob = (events: readonly { readonly type: string; readonly data: object }[]): JobState =>
  // The registry gives only job events for a job's stream.
  (events as readonly JobEvent[]).reduce<JobState>(
    (state, event) => jobDecider.evolve(state, event),
    jobDecider.initialState(),
  );
