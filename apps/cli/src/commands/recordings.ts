import { Command } from 'commander';
import { UsageFailure } from '../cli-failure.js';
import { command } from '../command-context.js';
import { type Answer, ask, askForAll, columns, isObject, textOf, withServer } from '../server-client.js';

const scopes = 'recordings.view';
const amount = (bytes: unknown): string => `${(Number(bytes ?? 0) / 1e6).toFixed(1)} MB`;
const duration = (seconds: unknown): string => `${Math.round(Number(seconds ?? 0))} s`;

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new UsageFailure('--limit must be a whole number from 1.');
  return count;
}

const list = command(
  withServer(
    new Command('list')
      .description('show the recordings, newest first')
      .option('--state <state>', 'only those in that state, such as capturing or failed')
      .option('--limit <count>', 'how many at most', '50'),
  ),
  async (context, _args, { server, state, limit = '50' }) => {
    const path = `/api/recordings${state === undefined ? '' : `?state=${encodeURIComponent(state)}`}`;
    const items = await askForAll(context, server, { path, scopes }, countOf(limit));
    const rows = items.map((item) => [
      textOf(item['id']),
      textOf(item['state']),
      `streamer ${textOf(item['streamerId'])}`,
      textOf(item['startedAt']),
      duration(item['durationSeconds']),
      amount(item['bytes']),
      textOf(item['title']),
    ]);
    return { json: { ok: true, items }, lines: rows.length === 0 ? ['There is no recording.'] : columns(rows) };
  },
);

const show = command(
  withServer(
    new Command('show').description('show a recording: what there is of it, what is missing and why').argument('<id>'),
  ),
  async (context, [id = ''], { server }) => {
    if (!/^\d+$/.test(id)) throw new UsageFailure('A recording is named by its number.');
    const recording = await ask(context, server, { path: `/api/recordings/${id}`, scopes });
    return { json: { ok: true, recording }, lines: described(recording) };
  },
);

function described(recording: Answer): readonly string[] {
  const { failure } = recording;
  const objects = (name: string): readonly Answer[] => {
    const all = recording[name];
    return Array.isArray(all) ? all.filter((each) => isObject(each)) : [];
  };
  const cause = (value: unknown): string =>
    isObject(value) ? `${textOf(value['message'])} (${textOf(value['code'])})` : textOf(value);
  return [
    ...columns([
      ['Recording', `${textOf(recording['id'])}, ${textOf(recording['state'])}`],
      ['Streamer', textOf(recording['streamerId'])],
      ['Title', textOf(recording['title'])],
      ['From', textOf(recording['startedAt'])],
      ['To', textOf(recording['endedAt'])],
      ['Media', `${duration(recording['durationSeconds'])}, ${amount(recording['bytes'])}`],
      ['Video', textOf(recording['videoId'])],
    ]),
    ...(failure === null || failure === undefined ? [] : [`Failed: ${cause(failure)}`]),
    ...objects('gaps').map(({ from, to, cause: why }) => `Gap ${textOf(from)} to ${textOf(to)}: ${cause(why)}`),
    ...objects('steps').map(
      ({ name, state, attempts, error }) =>
        `Step ${textOf(name)}: ${textOf(state)}, attempts ${textOf(attempts)}${error === null || error === undefined ? '' : `: ${cause(error)}`}`,
    ),
  ];
}

/** To be registered among the commands. */
export const recordings = new Command('recordings')
  .description('the recordings of the running server')
  .addCommand(list)
  .addCommand(show);
