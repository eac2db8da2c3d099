import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureColdStart } from './cold-start.js';
import { measureConsole } from './console-size.js';
import type { Extent, Figures } from './figures.js';
import { cleanUpOf, paths } from './processes.js';
import { measureRecordings } from './recordings.js';

const full: Extent = {
  rounds: 7,
  events: 100_000,
  recordings: [1, 20],
  windows: 3,
  windowSeconds: 60,
  settleSeconds: 15,
};
/** Only shows whether it runs; the figures mean little. */
const quick: Extent = {
  rounds: 2,
  events: 10_000,
  recordings: [1, 4],
  windows: 1,
  windowSeconds: 15,
  settleSeconds: 5,
};

const sections: Readonly<Record<string, (folder: string, extent: Extent) => Promise<Figures>>> = {
  'cold-start': measureColdStart,
  recordings: measureRecordings,
  console: measureConsole,
};

/** Returns the exit code: 1 if a figure is outside its limit. */
export async function measureServer(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: Object.keys(sections).join(',') },
      dir: { type: 'string', default: tmpdir() },
    },
  });
  const asked = Object.entries(sections).filter(([name]) => values.only.split(',').includes(name));
  if (asked.length !== values.only.split(',').length)
    throw new Error(`--only takes a comma list of ${Object.keys(sections).join(', ')}.`);
  if (![paths.server, paths.console].every(existsSync))
    throw new Error('The server or its console is not built. Run "npm run build" first.');

  const folder = mkdtempSync(join(values.dir, 'streamvault-bench-'));
  const cleanUp = cleanUpOf(folder);
  try {
    tellMachine(values.quick);
    let failures = 0;
    for (const [section, measure] of asked) {
      const { title, rows, figures, beyondLimits } = await measure(folder, values.quick ? quick : full);
      console.log(`\n${title}`);
      console.table(rows);
      for (const figure of figures) console.log(JSON.stringify({ bench: 'server', section, ...figure }));
      console.log(JSON.stringify({ bench: 'server', section, loadAverageAtEnd: loadavg() }));
      for (const failure of beyondLimits) console.error(`BEYOND ITS LIMIT: ${failure}`);
      failures += beyondLimits.length;
    }
    return failures === 0 ? 0 : 1;
  } finally {
    cleanUp();
  }
}

function tellMachine(isQuick: boolean): void {
  const ffmpeg = /^ffmpeg version (\S+)/.exec(execFileSync('ffmpeg', ['-version'], { encoding: 'utf8' }))?.[1];
  const machine = {
    quick: isQuick,
    node: process.version,
    ffmpeg,
    cores: cpus().length,
    cpu: cpus()[0]?.model,
    memoryBytes: totalmem(),
    loadAverage: loadavg(),
  };
  console.log(JSON.stringify({ bench: 'server', section: 'machine', ...machine }));
}
