import { Command } from 'commander';
import { command } from '../command-context.js';
import { type Answer, ask, askForAll, columns, textOf, withServer } from '../server-client.js';

const stateOf = ({ activeRecordingId, isLive }: Answer): string =>
  activeRecordingId === null || activeRecordingId === undefined
    ? isLive === true
      ? 'live'
      : '-'
    : `recording ${textOf(activeRecordingId)}`;

const list = command(
  withServer(new Command('list').description('show the streamers')),
  async (context, _args, { server }) => {
    const items = await askForAll(context, server, { path: '/api/streamers', scopes: 'streamers.view' });
    const rows = items.map((item) => [
      textOf(item['id']),
      textOf(item['name']),
      stateOf(item),
      item['autoRecord'] === true ? 'records by itself' : 'by hand',
      textOf(item['url']),
    ]);
    return { json: { ok: true, items }, lines: rows.length === 0 ? ['There is no streamer yet.'] : columns(rows) };
  },
);

const add = command(
  withServer(
    new Command('add')
      .description('add a streamer by its address')
      .argument('<url>', 'of a channel, a playlist, or a page that streamlink knows')
      .option('--name <name>', 'what it is called; else the address tells')
      .option('--auto', 'record its broadcasts by itself')
      .option('--quality <quality>', 'best, audio, or a height such as 720p'),
  ),
  async (context, [url = ''], { server, name, quality, auto }) => {
    const body = {
      url,
      ...(name !== undefined && { name }),
      ...(quality !== undefined && { quality }),
      // Commander gives an option without a value as a boolean.
      ...(String(auto) === 'true' && { autoRecord: true }),
    };
    const made = await ask(context, server, {
      method: 'POST',
      path: '/api/streamers',
      body,
      scopes: 'streamers.change',
    });
    return {
      json: { ok: true, streamer: made },
      lines: [`${textOf(made['name'])} is streamer ${textOf(made['id'])}.`],
    };
  },
);

/** To be registered among the commands. */
export const streamers = new Command('streamers')
  .description('the streamers of the running server')
  .addCommand(list)
  .addCommand(add);
