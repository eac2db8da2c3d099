import { inspectRun } from './inspect-run.js';
import type { InspectedRun } from './join-plan.js';
import { identityOf, type MediaRun } from './runs.js';
import type { MediaTools } from './tools.js';

/** The ledger's word for a part of which nothing was known. */
const UNKNOWN = 'unknown';

type Inspect = (
  tools: MediaTools,
  runs: readonly { readonly run: MediaRun }[],
  signal: AbortSignal | undefined,
) => Promise<InspectedRun[]>;

/** What each run holds, by its own bytes. @throws what `inspectRun` throws */
export const inspectEach: Inspect = async (tools, runs, signal) => {
  const inspected = [];
  for (const { run } of runs) inspected.push({ run, streams: await inspectRun(tools, run, signal) });
  return inspected;
};

/**
 * What the runs hold, asking once for all that the ledger calls equally coded: to look at a run costs as much as copying a minute of it. The
 * longest is asked, for a short one may end before a track begins. @throws what `inspectRun` throws
 */
export const inspectOncePerCoding: Inspect = async (tools, runs, signal) => {
  const longest = new Map<string, MediaRun>();
  for (const { run } of runs) {
    const known = longest.get(codingOf(run));
    if (known === undefined || known.durationSeconds < run.durationSeconds) longest.set(codingOf(run), run);
  }
  const streams = new Map<string, InspectedRun['streams']>();
  for (const [coding, run] of longest) streams.set(coding, await inspectRun(tools, run, signal));
  return runs.map(({ run }) => ({ run, streams: streams.get(codingOf(run)) ?? [] }));
};

/** Of what capture could not tell, every run is looked at. Audio that is apart has a coding that the word of the run does not tell. */
const codingOf = (run: MediaRun): string => {
  const { container, signature, sound } = run;
  const own = [run, ...(sound ? [sound] : [])].some((half) => half.signature === UNKNOWN) ? identityOf([run]) : '';
  return [container, signature, sound?.container, sound?.signature, own].join(' ');
};
