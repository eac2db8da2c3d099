import { constants } from 'node:fs';
import { access, chmod, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, isAbsolute, join } from 'node:path';
import { MediaError, MediaToolMissing, MediaToolSettingInvalid, type ToolName } from './errors.js';
import { runTool } from './run-tool.js';

/** `setting`: FFMPEG_PATH or FFPROBE_PATH · `system`: found on the PATH · `bundled`: the optional npm package. */
export type ToolOrigin = 'setting' | 'system' | 'bundled';

export interface MediaTool {
  readonly path: string;
  /** As the program reports it: `5.1.9-0+deb12u1`, `N-47683-g0e8eb07980-static`. */
  readonly version: string;
  readonly origin: ToolOrigin;
  /** The year it was made, as it reports; undefined if it does not. */
  readonly year: number | undefined;
}

export interface MediaTools {
  readonly ffmpeg: MediaTool;
  readonly ffprobe: MediaTool;
}

export interface LocateOptions {
  /** The settings FFMPEG_PATH and FFPROBE_PATH: a path, or a bare name to be found on the PATH. */
  readonly ffmpegPath?: string | undefined;
  readonly ffprobePath?: string | undefined;
  /** Folders to search, as in the PATH variable, which is the default. */
  readonly searchPath?: string | undefined;
  /** The path of the program from npm, or an error that says why there is none. */
  readonly bundled?: (tool: ToolName) => string;
  /**
   * Runs a program with `-version` and returns what it prints. Not given: below normal priority, as all programs run
   * beside a recorder. What it throws is told as the program's problem.
   */
  readonly askVersion?: (program: string) => Promise<string>;
}

/**
 * Finds ffmpeg and ffprobe: a setting, else the PATH, else the optional npm packages. Every candidate is run once
 * (`-version`), so what is returned works on this machine.
 * @throws MediaToolSettingInvalid for a setting that cannot be used, MediaToolMissing if nothing is found
 */
export async function locateTools(options: LocateOptions = {}): Promise<MediaTools> {
  const [ffmpeg, ffprobe] = await Promise.all([
    locate('ffmpeg', options.ffmpegPath, options),
    locate('ffprobe', options.ffprobePath, options),
  ]);
  return { ffmpeg, ffprobe };
}

async function locate(tool: ToolName, setting: string | undefined, options: LocateOptions): Promise<MediaTool> {
  const searchPath = options.searchPath ?? process.env.PATH ?? '';
  if (setting !== undefined && setting !== '') return useSetting(tool, setting, searchPath, options.askVersion);

  const tried: string[] = [];
  const onPath = await findOnPath(tool, searchPath);
  if (onPath === undefined) tried.push('not on the PATH');
  else {
    const build = await buildOf(tool, onPath, options.askVersion);
    if ('version' in build) return { path: onPath, ...build, origin: 'system' };
    tried.push(`${onPath} does not run: ${build.problem}`);
  }

  const bundled = await findBundled(tool, options.bundled ?? bundledPath);
  if (typeof bundled !== 'string') tried.push(bundled.problem);
  else {
    const build = await buildOf(tool, bundled, options.askVersion);
    if ('version' in build) return { path: bundled, ...build, origin: 'bundled' };
    tried.push(`${bundled} does not run: ${build.problem}`);
  }
  throw new MediaToolMissing(tool, tried);
}

async function useSetting(
  tool: ToolName,
  setting: string,
  searchPath: string,
  askVersion: LocateOptions['askVersion'],
): Promise<MediaTool> {
  const bareName = !isAbsolute(setting) && !/[\\/]/.test(setting);
  const path = bareName ? await findOnPath(setting, searchPath) : setting;
  if (path === undefined) throw new MediaToolSettingInvalid(tool, `there is no program ${setting} on the PATH`);
  const problem = await whyNotExecutable(path);
  if (problem !== undefined) throw new MediaToolSettingInvalid(tool, `${path} ${problem}`);
  const build = await buildOf(tool, path, askVersion);
  if ('problem' in build) throw new MediaToolSettingInvalid(tool, build.problem);
  return { path, ...build, origin: 'setting' };
}

async function findOnPath(name: string, searchPath: string): Promise<string | undefined> {
  const file = process.platform === 'win32' && !name.endsWith('.exe') ? `${name}.exe` : name;
  for (const folder of searchPath.split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, file);
    if ((await whyNotExecutable(candidate)) === undefined) return candidate;
  }
  return undefined;
}

async function whyNotExecutable(path: string): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isFile()) return 'is not a file';
  } catch {
    // Missing, a broken link, or a folder that may not be entered: for the reader it is the same.
    return 'does not exist';
  }
  try {
    await access(path, constants.X_OK);
    return undefined;
  } catch {
    // access(2) answers with an error.
    return 'may not be executed';
  }
}

/** Some installs (`npm ci --ignore-scripts`) bring the programs without the permission to run them. */
async function findBundled(
  tool: ToolName,
  pathOf: (tool: ToolName) => string,
): Promise<string | { readonly problem: string }> {
  try {
    const path = pathOf(tool);
    if ((await whyNotExecutable(path)) === 'may not be executed') await chmod(path, 0o755);
    return path;
  } catch (error) {
    // The package is optional and throws a plain string on unknown platforms; chmod fails for a user who does not own
    // the file.
    const said = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { problem: `no npm fallback: ${said}` };
  }
}

function bundledPath(tool: ToolName): string {
  const require = createRequire(import.meta.url);
  const found: unknown = require(`@${tool}-installer/${tool}`);
  if (typeof found === 'object' && found !== null && 'path' in found && typeof found.path === 'string')
    return found.path;
  throw new Error(`@${tool}-installer/${tool} names no program`);
}

async function buildOf(
  tool: ToolName,
  path: string,
  askVersion: LocateOptions['askVersion'],
): Promise<Pick<MediaTool, 'version' | 'year'> | { readonly problem: string }> {
  try {
    const said = await (askVersion ?? askInBackground)(path);
    const version = new RegExp(`^${tool} version (\\S+)`).exec(said)?.[1];
    const year = /Copyright \(c\) (?:\d{4}-)?(\d{4}) the FFmpeg developers/.exec(said)?.[1];
    if (version !== undefined) return { version, year: year === undefined ? undefined : Number(year) };
    return { problem: `${path} does not answer \`-version\` as ${tool} does` };
  } catch (error) {
    // A program for another platform, a missing shared library, a failing wrapper script: the message uses the
    // program's own words.
    if (error instanceof MediaError || (askVersion && error instanceof Error)) return { problem: error.message };
    throw error;
  }
}

async function askInBackground(program: string): Promise<string> {
  const { stdout } = await runTool({ program, args: ['-version'], timeLimitSeconds: 20, maxStdoutBytes: 65_536 });
  return new TextDecoder().decode(stdout);
}
