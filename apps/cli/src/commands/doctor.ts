import { Command } from 'commander';
import { CliFailure } from '../cli-failure.js';
import { command } from '../command-context.js';
import { examineFolder, examineLog, examineNode, examineServer, examineTools, type Finding } from '../examine.js';
import { withServer } from '../server-client.js';

const marks = { ok: 'ok  ', warn: 'warn', bad: 'BAD ' } as const;

/** To be registered among the commands. */
export const doctor = command(
  withServer(
    new Command('doctor').description('look for what is wrong with this installation, and say what to do about it'),
  ),
  async ({ settings }, _args, { server = '' }) => {
    const found = await Promise.all([
      examineFolder('DATA_DIR', settings.dataDirectory),
      examineFolder('RECORDINGS_DIR', settings.recordingsDirectory),
      examineLog(settings.eventStoreUrl),
      examineTools(settings),
      examineServer(server),
    ]);
    const findings = [examineNode(), ...found.flat()];
    const bad = findings.filter(({ status }) => status === 'bad');
    if (bad.length > 0)
      throw new CliFailure([...textOf(findings), counted(bad.length)].join('\n'), 'doctor.found', { findings });
    const isWell = findings.every(({ status }) => status === 'ok');
    return {
      json: { ok: true, findings },
      lines: [...textOf(findings), isWell ? 'All is well.' : 'It works; see the warnings.'],
    };
  },
);

const counted = (count: number): string => (count === 1 ? 'One thing is wrong.' : `${count} things are wrong.`);

const textOf = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap(({ what, status, detail, advice }) => [
    `${marks[status]}  ${what}: ${detail}`,
    ...(advice === undefined || status === 'ok' ? [] : [`      ${advice}`]),
  ]);
