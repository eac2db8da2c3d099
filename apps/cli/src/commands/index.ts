import { Command } from 'commander';
import { completionOf } from './completion.js';

interface Entry {
  readonly name: string;
  readonly description: string;
  /** What stands below it. */
  readonly below: readonly string[];
  load(): Promise<Command>;
}

/** Every top-level command, in the order of the help. One is loaded when it is asked for: all of them together take a second. */
const entries: readonly Entry[] = [
  {
    name: 'streamers',
    description: 'the streamers of the running server',
    below: ['list', 'add'],
    load: async () => (await import('./streamers.js')).streamers,
  },
  {
    name: 'record',
    description: 'record a streamer of the running server, from now on',
    below: [],
    load: async () => (await import('./record.js')).record,
  },
  {
    name: 'stop',
    description: 'stop recording a streamer of the running server; what was recorded is finished',
    below: [],
    load: async () => (await import('./record.js')).stop,
  },
  {
    name: 'recordings',
    description: 'the recordings of the running server',
    below: ['list', 'show'],
    load: async () => (await import('./recordings.js')).recordings,
  },
  {
    name: 'doctor',
    description: 'look for what is wrong with this installation, and say what to do about it',
    below: [],
    load: async () => (await import('./doctor.js')).doctor,
  },
  {
    name: 'log',
    description: 'the event log',
    below: ['verify', 'head', 'stats', 'export', 'import', 'copy'],
    load: async () => (await import('./log/index.js')).log,
  },
  {
    name: 'projections',
    description: 'look after the read models of the running server',
    below: ['list', 'rebuild'],
    load: async () => (await import('./projections.js')).projections,
  },
  {
    name: 'users',
    description: 'look after accounts, also where nobody can sign in any more; stop the server first',
    below: ['list', 'add', 'reset', 'role', 'forget'],
    load: async () => (await import('./users.js')).users,
  },
  {
    name: 'keys',
    description: 'look after the API keys of programs; stop the server first',
    below: ['list', 'add', 'revoke'],
    load: async () => (await import('./keys.js')).keys,
  },
  {
    name: 'backup',
    description: 'copy the embedded log into one new, checked file; beside a running server too',
    below: [],
    load: async () => (await import('./backup.js')).backup,
  },
  {
    name: 'restore',
    description: 'make the embedded log of a backup, where there is none; with the server stopped',
    below: [],
    load: async () => (await import('./restore.js')).restoreCommand,
  },
  {
    name: 'completion',
    description: 'print a script that completes commands: source <(streamvault completion bash)',
    below: [],
    load: () => Promise.resolve(completionOf(entries.map(({ name, below }) => [name, below] as const))),
  },
];

/** The commands; of those that were not asked for, only what the help says of them. */
export async function commandsFor(words: readonly string[]): Promise<readonly Command[]> {
  const asked = words.filter((word) => !word.startsWith('-') && word !== 'help')[0];
  return Promise.all(
    entries.map(async (entry) =>
      entry.name === asked ? await entry.load() : new Command(entry.name).description(entry.description),
    ),
  );
}
