import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Extent, type Figures, median, megabytes, round, spread } from './figures.js';
import { cpuSeconds, pssBytes } from './process-costs.js';
import { end, paths, run, Service, until } from './processes.js';

interface Recording {
  readonly state: string;
  readonly bytes: number;
  readonly durationSeconds: number;
  readonly capturedRatio: number | null;
  readonly gaps: readonly unknown[];
  readonly parts: readonly unknown[];
  readonly failure: unknown;
}

/** CPU seconds and bytes of some processes together, one entry per window or sample. */
interface Costs {
  readonly cpu: number[];
  readonly pss: number[];
}

/** What one recorder spent while `count` recordings ran. */
interface Phase {
  readonly count: number;
  readonly server: Costs;
  /** Processes that the server started, while it captured. */
  readonly serverChildrenCpu: number;
  readonly ffmpeg: Costs;
  /** From the stop to the last `RecordingCompleted`, the server and the ffmpeg and ffprobe processes that it runs. */
  readonly finishing: { readonly own: number; readonly children: number };
  readonly recordedMinutes: number;
  readonly bitsPerSecond: number;
}

const pssEverySeconds = 5;

/**
 * One server that records, and as many `ffmpeg -c copy` as it has recordings, on the same live source at the same time:
 * CPU by utime and stime (proc_pid_stat(5)), memory by PSS, both over windows that begin when the recordings have
 * caught up.
 */
export async function measureRecordings(folder: string, extent: Extent): Promise<Figures> {
  const { recordings, windows, windowSeconds } = extent;
  if (process.platform !== 'linux') throw new Error('CPU and memory are read from /proc, which only Linux has.');
  process.env['LIVE_ORIGIN_CACHE'] ??= join(folder, 'media');
  const idle = await measureIdle(folder, extent);
  const phases: Phase[] = [];
  for (const count of recordings) phases.push(await measurePhase(folder, count, extent));

  const perMinute = (cpu: readonly number[], count: number) =>
    cpu.map((seconds) => (seconds / windowSeconds / count) * 60);
  const results = phases.map(({ count, server, ffmpeg, finishing, recordedMinutes, ...rest }) => ({
    what: `${count} at once`,
    recordings: count,
    windows,
    windowSeconds,
    megabitsPerSecond: round(rest.bitsPerSecond / 1e6, 2),
    serverCpuSecondsPerRecordedMinute: spread(perMinute(server.cpu, count), 3),
    ffmpegCpuSecondsPerRecordedMinute: spread(perMinute(ffmpeg.cpu, count), 3),
    cpuRatioToFfmpeg: round(median(server.cpu.map((seconds, index) => seconds / (ffmpeg.cpu[index] ?? 0))), 2),
    serverChildrenCpuSeconds: rest.serverChildrenCpu,
    serverPssMegabytes: spread(server.pss.map(megabytes), 1),
    ffmpegPssMegabytes: spread(ffmpeg.pss.map(megabytes), 1),
    memoryRatioToFfmpeg: round(median(server.pss) / median(ffmpeg.pss), 2),
    finishingCpuSecondsPerRecordedMinute: {
      server: round(finishing.own / recordedMinutes, 3),
      ffmpegAndFfprobe: round(finishing.children / recordedMinutes, 3),
    },
  }));
  return {
    title: `Recording: medians of ${windows} windows of ${windowSeconds} s; CPU in seconds per recorded minute, memory as PSS`,
    rows: [
      {
        what: 'idle',
        'server CPU s/min': idle.cpuSecondsPerMinute,
        'server MB': idle.pssMegabytes,
      },
      ...results.map((result) => ({
        what: result.what,
        'server CPU s/min': result.serverCpuSecondsPerRecordedMinute.median,
        'ffmpeg CPU s/min': result.ffmpegCpuSecondsPerRecordedMinute.median,
        'CPU ratio': result.cpuRatioToFfmpeg,
        'server MB': result.serverPssMegabytes.median,
        'ffmpeg MB': result.ffmpegPssMegabytes.median,
        'memory ratio': result.memoryRatioToFfmpeg,
        'finishing CPU s/min': round(
          result.finishingCpuSecondsPerRecordedMinute.server +
            result.finishingCpuSecondsPerRecordedMinute.ffmpegAndFfprobe,
          3,
        ),
      })),
    ],
    figures: [{ what: 'idle', ...idle }, ...results],
    beyondLimits: [],
  };
}

async function measureIdle(folder: string, { windowSeconds, settleSeconds }: Extent) {
  const data = join(folder, 'idle');
  mkdirSync(data);
  const server = await Service.server(data);
  await wait(settleSeconds * 1000);
  const { server: costs } = await watch(windowSeconds, 1, server.pid, []);
  await server.stop();
  rmSync(data, { recursive: true });
  return {
    cpuSecondsPerMinute: round((median(costs.cpu) / windowSeconds) * 60, 3),
    pssMegabytes: megabytes(median(costs.pss)),
  };
}

async function measurePhase(folder: string, count: number, extent: Extent): Promise<Phase> {
  const { windows, windowSeconds, settleSeconds } = extent;
  const work = join(folder, `recordings-${count}`);
  const data = join(work, 'data');
  mkdirSync(data, { recursive: true });
  const mediaSeconds = 2 * Math.ceil((windows * windowSeconds + settleSeconds + 60) / 2);
  const origin = await Service.start(['--import', paths.sources, paths.origin, String(mediaSeconds)], work);
  const server = await Service.server(data);
  const channels = Array.from({ length: count }, (_, index) => `${origin.address}?channel=${index + 1}`);

  for (const [index, url] of channels.entries()) {
    await server.json('POST', '/api/streamers', { url, name: `Channel ${index + 1}` });
    await server.json('POST', `/api/recording/start/${index + 1}`);
  }
  const copies = channels.map((url, index) => copy(url, join(work, `copy-${index + 1}.ts`), work));
  await everyRecording(server, count, 'captures', ({ state }) => state === 'capturing', 60);
  await wait(settleSeconds * 1000);

  const capturedBefore = await capturedSeconds(server, count);
  const copiedBefore = copies.map(({ file }) => statSync(file).size);
  const pids = copies.map(({ child }) => child.pid ?? 0);
  const { server: serverCosts, serverChildrenCpu, ffmpeg } = await watch(windowSeconds, windows, server.pid, pids);
  const watched = windows * windowSeconds;
  const captured = (await capturedSeconds(server, count)).map(
    (seconds, index) => seconds - (capturedBefore[index] ?? 0),
  );
  const copied = copies.map(({ file }, index) => statSync(file).size - (copiedBefore[index] ?? 0));

  await Promise.all(copies.map(({ child }) => end(child)));
  const beforeEnd = cpuSeconds(server.pid);
  for (const index of channels.keys()) await server.json('POST', `/api/recording/stop/${index + 1}`);
  const done = await everyRecording(server, count, 'is completed', ({ state }) => state === 'completed', 600);
  const afterEnd = cpuSeconds(server.pid);
  await server.stop();
  await origin.stop();
  rmSync(work, { recursive: true });

  const [first] = done;
  const bitsPerSecond = first ? (first.bytes * 8) / first.durationSeconds : 0;
  checkThatAllWasRecorded(done, captured, watched);
  // ffmpeg writes in bursts of a segment and leaves out the container's overhead: most of the bytes are enough to show
  // that the work was done.
  const expected = (bitsPerSecond / 8) * watched * 0.8;
  if (copied.some((bytes) => bytes < expected)) throw new Error('An ffmpeg did not copy what it was compared for.');
  return {
    count,
    server: serverCosts,
    serverChildrenCpu,
    ffmpeg,
    finishing: { own: afterEnd.own - beforeEnd.own, children: afterEnd.children - beforeEnd.children },
    recordedMinutes: done.reduce((sum, { durationSeconds }) => sum + durationSeconds / 60, 0),
    bitsPerSecond,
  };
}

/** The usual way to record without a special program. */
function copy(url: string, file: string, folder: string): { readonly child: ChildProcess; readonly file: string } {
  const input = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-i', url];
  const child = run('ffmpeg', [...input, '-c', 'copy', '-f', 'mpegts', file], folder);
  child.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  return { child, file };
}

async function watch(windowSeconds: number, windows: number, server: number, ffmpegs: readonly number[]) {
  const costs = { server: { cpu: [], pss: [] } as Costs, ffmpeg: { cpu: [], pss: [] } as Costs };
  let serverChildrenCpu = 0;
  const read = () => ({ server: cpuSeconds(server), ffmpeg: sum(ffmpegs.map((pid) => cpuSeconds(pid).own)) });
  let before = read();
  let since = performance.now();
  for (let window = 0; window < windows; window += 1) {
    for (let passed = 0; passed < windowSeconds; passed += pssEverySeconds) {
      await wait(since + (passed + pssEverySeconds) * 1000 - performance.now());
      costs.server.pss.push(pssBytes(server));
      if (ffmpegs.length > 0) costs.ffmpeg.pss.push(sum(ffmpegs.map(pssBytes)));
    }
    const after = read();
    const now = performance.now();
    // A late timer makes a longer window; the cost is scaled to the intended length.
    const share = (windowSeconds * 1000) / (now - since);
    costs.server.cpu.push((after.server.own - before.server.own) * share);
    costs.ffmpeg.cpu.push((after.ffmpeg - before.ffmpeg) * share);
    serverChildrenCpu += after.server.children - before.server.children;
    before = after;
    since = now;
  }
  return { ...costs, serverChildrenCpu: round(serverChildrenCpu, 2) };
}

/** Seconds of media by recording, as `/metrics` has them. */
async function capturedSeconds(server: Service, count: number): Promise<number[]> {
  const text = await (await server.fetch('/metrics')).text();
  const entries = [...text.matchAll(/^streamvault_recording_duration_seconds\{recording="(\d+)"\} ([\d.]+)$/gm)];
  const byId = new Map(entries.map(([, id, seconds]) => [Number(id), Number(seconds)]));
  return Array.from({ length: count }, (_, index) => byId.get(index + 1) ?? 0);
}

function everyRecording(
  server: Service,
  count: number,
  what: string,
  is: (recording: Recording) => boolean,
  seconds: number,
): Promise<Recording[]> {
  const ask = async () => {
    const { items } = (await server.json('GET', '/api/recordings?limit=200')) as { items: Recording[] };
    const ended = items.find(({ state }) => state === 'failed' || state === 'cancelled');
    if (ended) throw new Error(`A recording ${ended.state}: ${JSON.stringify(ended)}`);
    return items.length === count && items.every(is) ? items : undefined;
  };
  return until(() => `every recording ${what}`, ask, { seconds, everyMilliseconds: 500 });
}

/** Recordings that lost something would give figures that are too low. */
function checkThatAllWasRecorded(done: readonly Recording[], captured: readonly number[], watched: number): void {
  for (const recording of done) {
    const { gaps, parts, failure, capturedRatio, durationSeconds } = recording;
    const isWhole = gaps.length === 0 && parts.length === 1 && failure === null && capturedRatio === 1;
    if (!isWhole || durationSeconds < watched)
      throw new Error(`A recording is not whole, its figures mean nothing: ${JSON.stringify(recording)}`);
  }
  // In segments of two seconds, one of which may be incomplete at either end.
  if (captured.some((seconds) => Math.abs(seconds - watched) > 4))
    throw new Error(`In ${watched} s there were captured ${captured.join(', ')} s: that is no steady state.`);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
