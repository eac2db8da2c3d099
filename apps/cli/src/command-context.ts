import type { Command } from 'commander';
import { readSettings, type CliSettings } from './cli-settings.js';
import { CliFailure } from './cli-failure.js';
import { noProgress, type Progress, ProgressBar } from './progress-bar.js';

/** What a command works with. */
export interface CommandContext {
  readonly settings: CliSettings;
  readonly progress: Progress;
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

/** The result of a command: an object for scripts, lines for people. */
export interface CommandResult {
  readonly json: object;
  readonly lines: readonly string[];
}

/**
 * Adds the option of every command (`--json`), and runs it: its result goes to stdout, its progress to a terminal's
 * stderr.
 */
export function command(
  definition: Command,
  run: (
    context: CommandContext,
    args: readonly string[],
    options: Readonly<Record<string, string>>,
  ) => Promise<CommandResult>,
): Command {
  return definition.option('--json', 'print one JSON object and no progress').action(async () => {
    const { json, ...options } = definition.opts<Record<string, string> & { json?: true }>();
    const progress = process.stderr.isTTY && json !== true ? new ProgressBar(process.stderr) : noProgress;
    const abort = new AbortController();
    const stop = (): void => abort.abort(new CliFailure('Interrupted.', 'interrupted'));
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    try {
      const context = { settings: readSettings(process.env), progress, signal: abort.signal };
      const result = await run(context, definition.processedArgs, options);
      progress.end();
      process.stdout.write(json === true ? `${JSON.stringify(result.json)}\n` : `${result.lines.join('\n')}\n`);
    } finally {
      progress.end();
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    }
  });
}
