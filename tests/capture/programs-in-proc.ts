import { readdir, readFile } from 'node:fs/promises';

/** What every user of the machine can see of a program (its command line), and its environment. */
export interface SeenProgram {
  readonly pid: number;
  readonly commandLine: string;
  readonly environment: string;
}

/** The programs that this process has started, and their children, whose command line matches. */
export async function programsLike(pattern: RegExp): Promise<SeenProgram[]> {
  const found: SeenProgram[] = [];
  const parents = new Map<number, number>();
  const all: SeenProgram[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const read = (file: string) => readFile(`/proc/${name}/${file}`, 'latin1');
      const [stat, commandLine, environment] = await Promise.all([read('stat'), read('cmdline'), read('environ')]);
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
      all.push({ pid: Number(name), commandLine, environment });
    } catch {
      // It has ended meanwhile, or belongs to another user.
    }
  }
  for (const program of all) {
    let pid: number | undefined = program.pid;
    while (pid !== undefined && pid !== process.pid) pid = parents.get(pid);
    if (pid === process.pid && program.pid !== process.pid && pattern.test(program.commandLine)) found.push(program);
  }
  return found;
}
