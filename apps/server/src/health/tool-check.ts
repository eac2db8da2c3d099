import type { Health } from '@streamvault/api-contract';
import type { MediaTool } from '@streamvault/media';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';

type Check = Health['checks'][string];

/** Maintained releases of ffmpeg are mended for about so long. */
const OLD_YEARS = 4;

/**
 * How a program does that reads what strangers send. One that nobody mends any more works, and is told: npm brings an ffmpeg of 2018
 * where the machine has none, for want of a current one that comes without a download of its own.
 */
export function toolCheck({ version, origin, path, year }: MediaTool, thisYear: number): Health['checks'][string] {
  const detail = `${version} (${origin}: ${path})`;
  if (year === undefined || thisYear - year <= OLD_YEARS) return { status: 'ok', detail };
  return {
    status: 'warn',
    detail:
      `${detail} is of ${year}, ${thisYear - year} years old: flaws found since then are not mended in it, and it reads what strangers send. ` +
      'Install a current one (apt install ffmpeg, brew install ffmpeg, or from ffmpeg.org), which is found by itself, or name it by FFMPEG_PATH and FFPROBE_PATH.',
  };
}

/** A tool that went away since the start: what records goes on, and no video can be finished. */
export async function presentTool({ path }: MediaTool, found: Check): Promise<Check> {
  try {
    await access(path, constants.X_OK);
    return found;
  } catch {
    // Whatever the reason, it cannot be run.
    return {
      status: 'warn',
      detail: `${path} cannot be run any more: no video can be finished. Install ffmpeg again.`,
    };
  }
}
