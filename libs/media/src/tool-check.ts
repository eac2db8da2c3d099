import type { MediaTool } from './tools.js';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';

export interface ToolCheck {
  readonly status: 'ok' | 'warn';
  readonly detail: string;
}

/** How long releases of ffmpeg are maintained, roughly. */
const OLD_YEARS = 4;

/**
 * The state of a program that reads data of strangers. An unmaintained one works, and is reported: if the machine has
 * none, npm brings an ffmpeg of 2018, because no current one is available there without a separate download.
 */
export function toolCheck({ version, origin, path, year }: MediaTool, thisYear: number): ToolCheck {
  const detail = `${version} (${origin}: ${path})`;
  if (year === undefined || thisYear - year <= OLD_YEARS) return { status: 'ok', detail };
  return {
    status: 'warn',
    detail:
      `${detail} is of ${year}, ${thisYear - year} years old: flaws found since then are not fixed in it, and it reads data of strangers. ` +
      'Install a current one (apt install ffmpeg, brew install ffmpeg, or from ffmpeg.org), which is found automatically, or set FFMPEG_PATH and FFPROBE_PATH.',
  };
}

/** A program that went away since the start: recordings continue, but no video can be finished. */
export async function presentTool({ path }: MediaTool, found: ToolCheck): Promise<ToolCheck> {
  try {
    await access(path, constants.X_OK);
    return found;
  } catch {
    // Whatever the reason, it cannot be run.
    return {
      status: 'warn',
      detail: `${path} can no longer be run: no video can be finished. Install ffmpeg again.`,
    };
  }
}

/** A line of the health report for one program. */
export class ToolHealth {
  constructor(
    readonly name: string,
    private readonly tool: MediaTool,
  ) {}

  check(): Promise<ToolCheck> {
    return presentTool(this.tool, toolCheck(this.tool, new Date().getFullYear()));
  }
}
