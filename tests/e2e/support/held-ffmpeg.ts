import { access, chmod, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { media } from './media.js';
import { until } from './until.js';

/** Where an ffmpeg can be held: when the video's file is written but not yet in its place, or before what a step does. */
export type HeldAt = 'finalize' | 'verify' | 'thumbnail' | 'storyboard';

/**
 * A real ffmpeg that waits where it is told to, until it is released: a server can be killed at exactly that moment.
 */
export class HeldFfmpeg {
  private constructor(
    readonly path: string,
    private readonly directory: string,
  ) {}

  static async make(directory: string, ...at: HeldAt[]): Promise<HeldFfmpeg> {
    const { tools } = await media();
    const script = path.join(directory, 'held-ffmpeg');
    const lines = [
      '#!/bin/sh',
      `hold() { : > '${directory}/'$1.reached; while [ -e '${directory}/'$1.hold ]; do sleep 0.05; done; }`,
      'case " $* " in',
      `  *" +faststart "*) '${tools.ffmpeg.path}' "$@"; code=$?; hold finalize; exit $code ;;`,
      '  *" framecrc "*) hold verify ;;',
      '  *" image2pipe "*) hold thumbnail ;;',
      '  *" image2 "*) hold storyboard ;;',
      'esac',
      `exec '${tools.ffmpeg.path}' "$@"`,
    ];
    await writeFile(script, `${lines.join('\n')}\n`);
    await chmod(script, 0o755);
    const held = new HeldFfmpeg(script, directory);
    for (const place of at) await held.hold(place);
    return held;
  }

  /** From the next program on that gets there. */
  async hold(at: HeldAt): Promise<void> {
    await rm(path.join(this.directory, `${at}.reached`), { force: true });
    await writeFile(path.join(this.directory, `${at}.hold`), '');
  }

  async reached(at: HeldAt): Promise<void> {
    await until(`ffmpeg was held at ${at}`, () => access(path.join(this.directory, `${at}.reached`)).then(() => true));
  }

  async release(at: HeldAt): Promise<void> {
    await rm(path.join(this.directory, `${at}.hold`), { force: true });
  }
}
