import { existsSync, mkdtempSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Findings } from './asked.js';
import { measureHostileSources } from './hostile-sources-run.js';
import { cleanUpOf, paths } from './processes.js';
import { measureReplays } from './replays-run.js';

/** Returns the exit code: 1 if something is beyond its limit. */
export async function measureHostile(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '30' },
      clients: { type: 'string', default: '2000' },
      events: { type: 'string', default: '20000' },
      only: { type: 'string' },
      dir: { type: 'string', default: tmpdir() },
    },
  });
  if (!existsSync(paths.server)) throw new Error('The server is not built. Run "npm run build" first.');
  const folder = mkdtempSync(join(values.dir, 'streamvault-hostile-'));
  const cleanUp = cleanUpOf(folder);
  const parts: readonly (readonly [name: string, measure: () => Promise<Findings>])[] = [
    ['sources', () => measureHostileSources(join(folder, 'sources'), Number(values.seconds))],
    ['replays', () => measureReplays(join(folder, 'replays'), Number(values.clients), Number(values.events))],
  ];
  try {
    process.env['LIVE_ORIGIN_CACHE'] ??= join(folder, 'media');
    let isWithin = true;
    for (const [name, measure] of parts) {
      if (values.only !== undefined && values.only !== name) continue;
      const { beyondLimits, rows } = await measure();
      console.table(rows);
      for (const row of rows) console.log(JSON.stringify({ bench: `hostile ${name}`, ...row, loadAverage: loadavg() }));
      for (const sentence of beyondLimits) console.error(`BEYOND ITS LIMIT: ${sentence}`);
      isWithin &&= beyondLimits.length === 0;
    }
    return isWithin ? 0 : 1;
  } finally {
    cleanUp();
  }
}
