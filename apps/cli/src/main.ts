import { errorCode, messageOf } from '@streamvault/failures';
import { CommanderError, Command } from 'commander';
import { CliFailure, UsageFailure } from './cli-failure.js';
import { commandsFor } from './commands/index.js';

const FAILED = 1;
const WRONG_USAGE = 2;

const program = new Command('streamvault')
  .description(
    'Speaks to the running server (--server, STREAMVAULT_API_KEY), or works on the log that it uses: EVENT_STORE_URL and DATA_DIR are\n' +
      'read from the environment and from .env.\n' +
      'Exit codes: 0 done, 1 failed or found broken, 2 used wrongly.',
  )
  .configureHelp({ showGlobalOptions: true });
for (const each of await commandsFor(process.argv.slice(2))) program.addCommand(each);
throwInsteadOfExiting(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Reports the failure in one line; returns the exit code. */
function report(error: unknown): number {
  // Its message is printed already, and requested help is not an error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  const { code, message, details } = described(error);
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ ok: false, error: { code, message, ...details } })}\n`);
  } else {
    process.stderr.write(`${message}\n`);
  }
  return error instanceof UsageFailure ? WRONG_USAGE : FAILED;
}

function described(error: unknown): { code: string; message: string; details: object } {
  const message = error instanceof CliFailure ? error.message : messageOf(error).replaceAll(/\s*\n\s*/g, ' ');
  if (error instanceof UsageFailure) return { code: 'usage', message, details: {} };
  if (error instanceof CliFailure) return { code: error.code, message, details: error.details };
  const code = errorCode(error) ?? 'unexpected';
  return { code, message, details: {} };
}

function throwInsteadOfExiting(command: Command): void {
  command.exitOverride();
  for (const each of command.commands) throwInsteadOfExiting(each);
}
