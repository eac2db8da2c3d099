import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs `FFMPEG_PATH`, else the system's ffmpeg, else the one npm brings. */
export async function ffmpeg(parameters: readonly string[]): Promise<void> {
  await run(await program(), ['-hide_banner', '-v', 'error', '-nostdin', '-y', ...parameters]);
}

let found: Promise<string> | undefined;
const program = (): Promise<string> => (found ??= find());

async function find(): Promise<string> {
  if (process.env['FFMPEG_PATH'] !== undefined) return process.env['FFMPEG_PATH'];
  try {
    await run('ffmpeg', ['-version']);
    return 'ffmpeg';
  } catch {
    // There is none on this machine.
    const installer: { readonly path: string } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg');
    return installer.path;
  }
}
