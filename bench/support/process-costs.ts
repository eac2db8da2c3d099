import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

let ticksPerSecond: number | undefined;

export interface CpuSeconds {
  /** User and system time of all its threads. */
  readonly own: number;
  /** The same of every process it started, ended or not. */
  readonly children: number;
}

/**
 * proc_pid_stat(5): fields 14 to 17.
 * @throws if there is no such process
 */
export function cpuSeconds(pid: number): CpuSeconds {
  ticksPerSecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  // The second field is the program's name in brackets, which may contain anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ').map(Number) ?? [];
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15);
  const living = childrenOf(pid).map((child) => cpuSeconds(child));
  const ofLiving = living.reduce((sum, { own, children }) => sum + own + children, 0);
  return {
    own: (user + system) / ticksPerSecond,
    children: (childrenUser + childrenSystem) / ticksPerSecond + ofLiving,
  };
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

/** Proportional set size in bytes: its own pages, and its share of those that several processes map. */
export function pssBytes(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

/**
 * Starts to watch which share of CPU time the host gives to others (proc_stat(5), `steal`).
 * @returns a function that gives it, from 0 to 1
 */
export function watchStolen(): () => number {
  const before = processorTicks();
  return () => {
    const now = processorTicks();
    return now.all === before.all ? 0 : (now.stolen - before.stolen) / (now.all - before.all);
  };
}

function processorTicks(): { readonly all: number; readonly stolen: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  // After the eighth field come guests, whose time is included in the first two.
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  return { all: ticks.reduce((sum, each) => sum + each, 0), stolen: ticks[7] ?? 0 };
}
