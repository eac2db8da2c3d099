import type { Health } from '@streamvault/api-contract';
import type { MediaTool } from '@streamvault/media';

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
