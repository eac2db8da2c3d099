import { Command } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import { CliFailure } from '../cli-failure.js';
import { command, type CommandContext } from '../command-context.js';
import { ask, listOf, type Question, withServer } from '../server-client.js';

/** The fields of the server's answer that these commands read, `GET /api/audit/projections`. */
interface Projection {
  readonly name: string;
  readonly version: number;
  readonly state: string;
  readonly position: string | null;
  readonly lagSeconds: number;
  readonly error: string | null;
  readonly rebuild: {
    readonly state: string;
    readonly startedAt: string;
    readonly progress: number | null;
    readonly remainingSeconds: number | null;
    readonly error: string | null;
  } | null;
}

const path = '/api/audit/projections';
const pollMilliseconds = 500;

const list = command(
  withServer(new Command('list').description('show the read models: how far each is, and what stopped it')),
  async (context, _args, { server }) => {
    const items = await projectionsOf(context, server, { path });
    return { json: { ok: true, items }, lines: items.map((item) => line(item)) };
  },
);

const rebuild = command(
  withServer(
    new Command('rebuild')
      .description('rebuild a read model beside the live one, which serves until the new one replaces it')
      .argument('<name>', 'of a read model, or all')
      .option('--no-wait', 'do not wait until it is done'),
  ),
  async (context, [name = ''], { server, wait }) => {
    const asked = await projectionsOf(context, server, {
      method: 'POST',
      path: `${path}/${encodeURIComponent(name)}/rebuild`,
    });
    const names = asked.map((item) => item.name);
    // Commander gives a negated option as a boolean.
    if (String(wait) === 'false')
      return { json: { ok: true, started: names }, lines: [`Being rebuilt: ${names.join(', ')}`] };
    await untilRebuilt(names, server, context);
    return { json: { ok: true, rebuilt: names }, lines: [`Rebuilt: ${names.join(', ')}`] };
  },
);

/** To be registered among the commands. */
export const projections = new Command('projections')
  .description('list and rebuild the read models of the running server')
  .addCommand(list)
  .addCommand(rebuild);

async function untilRebuilt(
  names: readonly string[],
  server: string | undefined,
  context: CommandContext,
): Promise<void> {
  const { progress, signal } = context;
  for (;;) {
    const items = (await projectionsOf(context, server, { path })).filter(({ name }) => names.includes(name));
    const failed = items.find((item) => item.rebuild?.state === 'failed');
    if (failed)
      throw new CliFailure(`The rebuild of ${failed.name} failed: ${failed.rebuild?.error}`, 'rebuild-failed', {
        items,
      });
    const busy = items.filter((item) => item.rebuild !== null);
    if (busy.length === 0) return;
    const done = items.reduce((sum, item) => sum + (item.rebuild ? (item.rebuild.progress ?? 0) : 1), 0);
    progress.show(`Rebuilding ${busy[0]?.name}`, Math.round((done / items.length) * 100), 100);
    await delay(pollMilliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

async function projectionsOf(
  context: CommandContext,
  server: string | undefined,
  question: Pick<Question, 'method' | 'path'>,
): Promise<readonly Projection[]> {
  const answer = await ask(context, server, { ...question, scopes: 'audit.view and audit.rebuild' });
  return listOf(answer) as unknown as readonly Projection[];
}

function line({ error, lagSeconds, name, position, rebuild: under, state, version }: Projection): string {
  const parts = [
    `${name} (version ${version})`,
    state,
    `position ${position ?? '-'}`,
    `lag ${Math.round(lagSeconds)} s`,
  ];
  if (error !== null) parts.push(error);
  if (under) {
    const percent = under.progress === null ? '' : ` ${Math.floor(under.progress * 100)} %`;
    const left = under.remainingSeconds === null ? '' : `, about ${Math.ceil(under.remainingSeconds)} s left`;
    parts.push(`rebuild ${under.state}${percent}${left}${under.error === null ? '' : `: ${under.error}`}`);
  }
  return parts.join(' · ');
}
