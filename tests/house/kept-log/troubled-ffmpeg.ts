import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { media } from '../../e2e/support/media.js';

/** What ffmpeg is used for after a capture, recognized by its arguments. */
export type Work = 'finalize' | 'thumbnail';

/**
 * A real ffmpeg for a server that records several streamers. For some of them it fails, or waits until it is released.
 * A streamer is recognized by the name in the paths of the files.
 */
export class TroubledFfmpeg {
  private constructor(
    readonly path: string,
    private readonly folder: string,
  ) {}

  static async make(folder: string): Promise<TroubledFfmpeg> {
    const { tools } = await media();
    const script = path.join(folder, 'troubled-ffmpeg');
    await mkdir(path.join(folder, 'fail'));
    await mkdir(path.join(folder, 'hold'));
    const lines = [
      '#!/bin/sh',
      'case " $* " in',
      '  *" +faststart "*) work=finalize ;;',
      '  *" image2pipe "*) work=thumbnail ;;',
      `  *) exec '${tools.ffmpeg.path}' "$@" ;;`,
      'esac',
      `for file in '${folder}'/fail/$work-*; do`,
      // Another one may have taken it in between.
      '  name=$(cat "$file" 2>/dev/null) || continue',
      '  case "$*" in *"$name"*)',
      '    case "$file" in *-always) ;; *) rm "$file" 2>/dev/null || continue ;; esac',
      '    echo "Told to fail" >&2',
      '    exit 1 ;;',
      '  esac',
      'done',
      `for file in '${folder}'/hold/$work-*; do`,
      '  name=$(cat "$file" 2>/dev/null) || continue',
      '  case "$*" in *"$name"*) while [ -e "$file" ]; do sleep 0.1; done ;; esac',
      'done',
      `exec '${tools.ffmpeg.path}' "$@"`,
    ];
    await writeFile(script, `${lines.join('\n')}\n`);
    await chmod(script, 0o755);
    return new TroubledFfmpeg(script, folder);
  }

  /** This many times; without a number, until it is repaired. */
  async failFor(work: Work, streamer: string, times?: number): Promise<void> {
    const endings = times === undefined ? ['always'] : Array.from({ length: times }, (_, index) => String(index));
    for (const ending of endings) await writeFile(this.#file('fail', work, `${streamer}-${ending}`), streamer);
  }

  async mendFor(work: Work, streamer: string): Promise<void> {
    await rm(this.#file('fail', work, `${streamer}-always`));
  }

  async holdFor(work: Work, streamer: string): Promise<void> {
    await writeFile(this.#file('hold', work, streamer), streamer);
  }

  /** Releases everything that waits. */
  async release(): Promise<void> {
    const folder = path.join(this.folder, 'hold');
    for (const name of await readdir(folder)) await rm(path.join(folder, name));
  }

  #file(what: 'fail' | 'hold', work: Work, name: string): string {
    return path.join(this.folder, what, `${work}-${name.replaceAll(' ', '_')}`);
  }
}
