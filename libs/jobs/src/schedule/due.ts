import type { JobSchedule } from '@streamvault/kernel';
import type { JobState } from '../domain/job-state.js';
import { nextRunAt } from './next-run.js';

/** When it runs next by its schedule; null while it is paused, or not known yet. In the past if a run was missed. */
export function dueAt(state: JobState, own: JobSchedule, zone: string): string | null {
  if (state.isPaused || state.countedFrom === null) return null;
  return nextRunAt(state.schedule ?? own, state.countedFrom, zone);
}

export type Due =
  | { readonly trigger: 'user'; readonly by: string; readonly dueAt: null }
  | { readonly trigger: 'schedule' | 'missed'; readonly by: 'scheduler'; readonly dueAt: string };

/** Why a job should run now; undefined if it should not. `since`: when this process began to check. */
export function whyDue(state: JobState, own: JobSchedule, zone: string, now: string, since: string): Due | undefined {
  if (state.running) return undefined;
  if (state.request) return { trigger: 'user', by: state.request.by, dueAt: null };
  const due = dueAt(state, own, zone);
  if (due === null || due > now) return undefined;
  return { trigger: due < since ? 'missed' : 'schedule', by: 'scheduler', dueAt: due };
}
