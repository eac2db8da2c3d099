import type { Cause, Gap, Part, Recording, Step } from '@streamvault/api-contract';

/** What the log knew about a recording at some point, as far as its pages show it. */
export interface RecordingThen extends Pick<
  Recording,
  'startedAt' | 'endedAt' | 'deadline' | 'parts' | 'gaps' | 'steps'
> {
  readonly state: string;
  readonly trouble: Cause | null;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const figure = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const list = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.filter((item) => isFields(item)) : [];
const cause = (value: unknown): Cause | null => {
  if (!isFields(value)) return null;
  return { code: text(value['code']) ?? '', message: text(value['message']) ?? 'No cause was given.' };
};

const containers: readonly Part['container'][] = ['ts', 'mp4', 'aac', 'mp3', 'ac3', 'eac3'];
const part = (value: Fields): Part[] => {
  const openedAt = text(value['openedAt']);
  if (openedAt === null) return [];
  return [
    {
      number: figure(value['number']),
      bytes: figure(value['bytes']),
      durationSeconds: figure(value['durationSeconds']),
      openedAt,
      closedAt: text(value['closedAt']),
      container: containers.find((container) => container === value['container']) ?? 'ts',
      reason: text(value['reason']) ?? 'start',
    },
  ];
};
const gap = (value: Fields): Gap[] => {
  const [from, to, because] = [text(value['from']), text(value['to']), cause(value['cause'])];
  if (from === null || to === null || because === null) return [];
  return [{ from, to, seconds: figure(value['seconds']), cause: because }];
};
const stepStates: readonly Step['state'][] = ['waiting', 'running', 'succeeded', 'failed', 'skipped', 'blocked'];
const step = (value: Fields): Step[] => {
  const name = text(value['name']);
  const state = stepStates.find((known) => known === value['state']);
  if (name === null || state === undefined) return [];
  const { attempts, error, retryAt } = value;
  return [{ name, state, attempts: figure(attempts), error: text(error), retryAt: text(retryAt), dependsOn: [] }];
};

/**
 * Reads a folded recording (`{ state, context }`). The shape of the fold is not part of the contract, so missing or
 * unexpected fields are left out. Undefined if it is not a recording.
 */
export function readRecordingThen(folded: Fields | null): RecordingThen | undefined {
  const state = text(folded?.['state']);
  const context = folded?.['context'];
  if (state === null || !isFields(context)) return undefined;
  return {
    state,
    startedAt: text(context['startedAt']),
    endedAt: text(context['endedAt']),
    deadline: text(context['deadline']),
    parts: list(context['parts']).flatMap((each) => part(each)),
    gaps: list(context['gaps']).flatMap((each) => gap(each)),
    steps: list(context['steps']).flatMap((each) => step(each)),
    trouble: cause(context['failure']) ?? cause(context['interruption']),
  };
}
