import { Command } from 'commander';
import { CliFailure, UsageFailure } from '../cli-failure.js';
import { command, type CommandContext } from '../command-context.js';
import { ask, askForAll, textOf, withServer } from '../server-client.js';

/** By number, or by name where one has just that name. */
async function streamerOf(context: CommandContext, server: string | undefined, named: string): Promise<string> {
  if (/^\d+$/.test(named)) return named;
  if (named.trim() === '') throw new UsageFailure('Say which streamer, by number or by name.');
  const items = await askForAll(context, server, { path: '/api/streamers', scopes: 'streamers.view' });
  const found = items.filter(({ name }) => textOf(name).toLowerCase() === named.toLowerCase());
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new CliFailure(
      `${found.length === 0 ? 'No streamer' : 'More than one streamer'} is called ${named}. See streamvault streamers list, and use the number.`,
      found.length === 0 ? 'streamer.not-found' : 'streamer.ambiguous',
    );
  return textOf(only['id']);
}

const inquiry = (name: string, description: string): Command =>
  withServer(new Command(name).description(description).argument('<streamer>', 'its number or its name'));

/** To be registered among the commands. */
export const record = command(
  inquiry('record', 'record a streamer of the running server, from now on'),
  async (context, [named = ''], { server }) => {
    const id = await streamerOf(context, server, named);
    const begun = await ask(context, server, {
      method: 'POST',
      path: `/api/recording/start/${id}`,
      scopes: 'recordings.control and streamers.view',
    });
    return {
      json: { ok: true, ...begun },
      lines: [`Recording ${textOf(begun['recordingId'])} of streamer ${id} is ${textOf(begun['state'])}.`],
    };
  },
);

/** To be registered among the commands. */
export const stop = command(
  inquiry('stop', 'stop recording a streamer of the running server; what was recorded is finished'),
  async (context, [named = ''], { server }) => {
    const id = await streamerOf(context, server, named);
    const ended = await ask(context, server, {
      method: 'POST',
      path: `/api/recording/stop/${id}`,
      scopes: 'recordings.control and streamers.view',
    });
    return {
      json: { ok: true, ...ended },
      lines: [`Recording ${textOf(ended['recordingId'])} of streamer ${id} is ${textOf(ended['state'])}.`],
    };
  },
);
