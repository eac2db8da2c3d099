import { categoryOf, type EventStore } from '@streamvault/event-store';
import { Command } from 'commander';
import { command, type CommandContext } from '../../command-context.js';
import { withSource } from '../../open-logs.js';

const REPORT_EVERY = 1_000;

export const stats = command(
  new Command('stats').description('count events, streams, categories and types; works beside a running server'),
  ({ settings, progress, signal }) =>
    withSource(settings.eventStoreUrl, async (log) => {
      const found = await count(log, { progress, signal });
      const { categories, types, ...rest } = found;
      return {
        json: { ok: true, ...rest, categories: Object.fromEntries(categories), types: Object.fromEntries(types) },
        lines: [
          `${number(found.events)} events in ${number(found.streams)} streams, ${number(found.payloadBytes)} bytes of payload`,
          ...(found.firstAt === undefined ? [] : [`from ${found.firstAt} to ${found.lastAt}`]),
          ...table('Categories', categories),
          ...table('Types', types),
        ],
      };
    }),
);

interface LogStats {
  events: number;
  streams: number;
  /** Data and metadata as JSON. */
  payloadBytes: number;
  firstAt: string | undefined;
  lastAt: string | undefined;
  readonly categories: Map<string, number>;
  readonly types: Map<string, number>;
}

async function count(
  log: Pick<EventStore, 'readAll'>,
  { progress, signal }: Pick<CommandContext, 'progress' | 'signal'>,
): Promise<LogStats> {
  const found: LogStats = {
    events: 0,
    streams: 0,
    payloadBytes: 0,
    firstAt: undefined,
    lastAt: undefined,
    categories: new Map(),
    types: new Map(),
  };
  for await (const { stream, revision, type, data, metadata, recordedAt } of log.readAll()) {
    found.events += 1;
    if (revision === 0n) found.streams += 1;
    found.payloadBytes += Buffer.byteLength(JSON.stringify(data)) + Buffer.byteLength(JSON.stringify(metadata));
    found.firstAt ??= recordedAt;
    found.lastAt = recordedAt;
    increase(found.categories, categoryOf(stream) ?? stream);
    increase(found.types, type);
    if (found.events % REPORT_EVERY !== 0) continue;
    signal.throwIfAborted();
    progress.show('Counting', found.events);
  }
  return found;
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function table(title: string, counts: ReadonlyMap<string, number>): string[] {
  const rows = [...counts].toSorted(([, a], [, b]) => b - a);
  return rows.length === 0
    ? []
    : [`${title}:`, ...rows.map(([name, events]) => `  ${number(events).padStart(12)}  ${name}`)];
}

function number(value: number): string {
  return value.toLocaleString('en');
}
