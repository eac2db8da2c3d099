import type { AuditEvent, LoggedEvent, Projection, ProjectionRebuild, StateChange } from '@streamvault/api-contract';
import type { FakeWorld } from './fake-world.ts';
import { aProjection } from './fixtures.ts';

/** The stand-in's answers about its log; undefined: there is no such thing. */
export class FakeAudit {
  readonly #world: FakeWorld;
  readonly #rebuilds = new Map<string, number>();

  constructor(world: FakeWorld) {
    this.#world = world;
  }

  events(query: URLSearchParams): { items: LoggedEvent[]; nextCursor: string | null } {
    const any = (name: string): string[] | undefined => query.get(name)?.split(',');
    const [after, before] = [Number(query.get('after') ?? 0), Number(query.get('before') ?? Infinity)];
    const limit = Number(query.get('limit') ?? 50);
    const found = this.#world.log.filter(
      ({ stream, type, position, recordedAt, metadata }) =>
        (any('category')?.includes(stream.split('-')[0] ?? '') ?? true) &&
        (any('type')?.includes(type) ?? true) &&
        (query.get('stream') ?? stream) === stream &&
        (query.get('correlationId') ?? metadata['$correlationId']) === metadata['$correlationId'] &&
        recordedAt >= (query.get('from') ?? '') &&
        recordedAt <= (query.get('to') ?? '9') &&
        Number(position) > after &&
        Number(position) < before,
    );
    const ordered = query.get('order') === 'newest' ? found.toReversed() : found;
    const items = ordered.slice(0, limit);
    return { items, nextCursor: items.length < ordered.length ? (items.at(-1)?.position ?? null) : null };
  }

  event(position: string): AuditEvent | undefined {
    const event = this.#world.log[Number(position) - 1];
    if (!event) return undefined;
    const causes: LoggedEvent[] = [];
    const causeOf = ({ metadata }: LoggedEvent) => this.#world.log.find(({ id }) => id === metadata['$causationId']);
    for (let cause = causeOf(event); cause; cause = causeOf(cause)) causes.unshift(cause);
    const first = causes[0] ?? event;
    const { $correlationId, actor } = first.metadata;
    return {
      event,
      origin: { correlationId: String($correlationId), actor: String(actor), at: first.recordedAt },
      causes,
      effects: this.#world.log.filter(({ metadata }) => metadata['$causationId'] === event.id).slice(0, 50),
    };
  }

  state(stream: string, at: string | null) {
    const all = this.#world.log.filter((event) => event.stream === stream);
    const isRevision = at !== null && /^\d+$/.test(at);
    const then = all.filter(({ revision, recordedAt }) =>
      at === null ? true : isRevision ? Number(revision) <= Number(at) : recordedAt <= at,
    );
    const [last, head] = [then.at(-1), all.at(-1)];
    if (!last || !head) return undefined;
    const { revision, position, recordedAt } = last;
    return { stream, revision, position, recordedAt, headRevision: head.revision, state: fold(then) };
  }

  diff(stream: string, from: string | null, to: string | null) {
    const [before, after] = [this.state(stream, from), this.state(stream, to)];
    if (!before || !after) return undefined;
    const changes: StateChange[] = [];
    if (before.state.state !== after.state.state)
      changes.push({ path: '/state', before: before.state.state, after: after.state.state });
    const [old, now]: Record<string, unknown>[] = [before.state.context, after.state.context];
    for (const [key, value] of Object.entries(now ?? {}))
      if (JSON.stringify(old?.[key]) !== JSON.stringify(value))
        changes.push({ path: `/context/${key}`, before: old?.[key], after: value });
    return { stream, from: before.revision, to: after.revision, changes };
  }

  projections(): { headPosition: string; items: Projection[] } {
    const headPosition = String(this.#world.log.length);
    const poison = this.#world.log.find(({ type }) => type === 'RecordingFailed');
    const error = 'The row of streamer 7 is not there.';
    const items = [
      aProjection({ name: 'recording-view', position: headPosition }),
      aProjection({ name: 'streamer-list', position: headPosition, lagSeconds: 4.2, state: 'catching-up' }),
      aProjection({
        name: 'video-library',
        state: poison ? 'poisoned' : 'live',
        position: poison ? String(Number(poison.position) - 1) : headPosition,
        lagSeconds: poison ? 93_000 : 0,
        error: poison ? error : null,
        poisonedEvent: poison ? atEvent(poison) : null,
      }),
    ];
    return { headPosition, items: items.map((item) => ({ ...item, rebuild: this.#rebuild(item.name) })) };
  }

  rebuild(name: string) {
    const { items, headPosition } = this.projections();
    for (const item of items) if (name === 'all' || item.name === name) this.#rebuilds.set(item.name, Date.now());
    return { headPosition, items: items.filter((item) => this.#rebuilds.has(item.name)) };
  }

  #rebuild(name: string): ProjectionRebuild | null {
    const startedAt = this.#rebuilds.get(name);
    if (startedAt === undefined) return null;
    const progress = (Date.now() - startedAt) / 15_000;
    if (progress >= 1) return null;
    return {
      state: 'building',
      startedAt: new Date(startedAt).toISOString(),
      position: '7',
      progress,
      remainingSeconds: 15 * (1 - progress),
      error: null,
      poisonedEvent: null,
    };
  }
}

const atEvent = ({ id, type, stream, revision, position }: LoggedEvent) => ({ id, type, stream, revision, position });

const states: Readonly<Record<string, string>> = {
  RecordingRequested: 'requested',
  CaptureStarting: 'starting',
  CaptureStarted: 'capturing',
  CaptureInterrupted: 'reconnecting',
  CaptureResumed: 'capturing',
  StopRequested: 'finalizing',
  RecordingFinalized: 'postProcessing',
  RecordingCompleted: 'completed',
  RecordingFailed: 'failed',
  RecordingCancelled: 'cancelled',
};

/** As much of a fold as there is to be seen. */
function fold(events: readonly LoggedEvent[]) {
  let state = 'requested';
  const parts: Record<string, unknown>[] = [];
  const gaps: unknown[] = [];
  const steps = ['thumbnail', 'publish'].map((name) => ({
    name,
    state: 'waiting',
    attempts: 0,
    error: null as unknown,
  }));
  let startedAt: unknown = null;
  let endedAt: unknown = null;
  let interruption: unknown = null;
  for (const { type, data } of events) {
    state = states[type] ?? state;
    const step = steps.find(({ name }) => name === data['name']);
    if (type === 'PartOpened') parts.push({ ...data, openedAt: data['at'], closedAt: null, bytes: 0 });
    if (type === 'PartOpened') startedAt ??= data['at'];
    if (type === 'GapRecorded') gaps.push(data);
    if (type === 'CaptureInterrupted') interruption = data['cause'];
    if (type === 'CaptureResumed') interruption = null;
    if (type === 'CaptureEnded') endedAt = data['at'];
    if (step && type === 'StepStarted') step.state = 'running';
    if (step && type === 'StepSucceeded') step.state = 'succeeded';
    if (step && type === 'StepFailed') Object.assign(step, { state: 'failed', error: 'No picture was found.' });
  }
  return { state, context: { startedAt, endedAt, interruption, parts, gaps, steps } };
}
