import { monitorEventLoopDelay } from 'node:perf_hooks';
import { round } from './figures.js';
import type { Service } from './processes.js';

/** What a part of a bench found. */
export interface Findings {
  readonly rows: readonly object[];
  /** Sentences; empty if everything is within its limits. */
  readonly beyondLimits: readonly string[];
}

export interface Asked {
  readonly answers: number;
  /** Those that are no success, connections that were closed included. */
  readonly refused: number;
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
  /** The longest that the server's event loop was busy with one thing, from `/metrics`. */
  readonly loopSlowest: number;
  /** The same of the bench itself, which looks like a slow answer. */
  readonly ownSlowest: number;
}

/** At a fixed rate, whether or not the last request was answered: a blocked server gets requests all the same. */
const ASK_EVERY_MS = 50;

/** Asks all the time while something goes on, and tells how long answers took. */
export async function asked(
  server: Service,
  during: () => Promise<unknown>,
  path = '/api/recordings?limit=50',
  request: () => RequestInit = () => ({}),
): Promise<Asked> {
  const answers: Promise<number>[] = [];
  let refused = 0;
  const ask = async () => {
    const began = performance.now();
    try {
      const answer = await server.fetch(path, request());
      await answer.arrayBuffer();
      if (!answer.ok) refused += 1;
    } catch {
      // The connection was not accepted, or closed: that is no answer, however long it took.
      refused += 1;
    }
    return performance.now() - began;
  };
  // Each read of the metrics begins the loop's histogram again.
  await loopSlowest(server);
  const own = monitorEventLoopDelay({ resolution: 10 });
  own.enable();
  const asking = setInterval(() => answers.push(ask()), ASK_EVERY_MS);
  try {
    await during();
  } finally {
    clearInterval(asking);
  }
  own.disable();
  const times = (await Promise.all(answers)).toSorted((a, b) => a - b);
  return {
    answers: times.length,
    refused,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    slowest: percentile(times, 1),
    loopSlowest: await loopSlowest(server),
    ownSlowest: round(own.max / 1e6, 1),
  };
}

async function loopSlowest(server: Service): Promise<number> {
  const text = await (await server.fetch('/metrics')).text();
  return round(Number(/^nodejs_eventloop_lag_max_seconds ([\d.e+-]+)$/m.exec(text)?.[1]) * 1000, 1);
}

const percentile = (sorted: readonly number[], share: number): number =>
  round(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN, 1);
