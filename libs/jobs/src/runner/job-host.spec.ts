import { expect, it } from '@jest/globals';
import { MemoryEventStore } from '@streamvault/event-store';
import { CommandHandling, EventRegistry, type Installation, type Job, type Role, roles } from '@streamvault/kernel';
import { jobEvents } from '../domain/job-events.js';
import { JobRegistry } from '../job-registry.js';
import { JobStreams } from '../job-streams.js';
import { JobHost } from './job-host.js';

const job: Job = {
  name: 'sweep',
  title: 'Sweeps.',
  schedule: { kind: 'every', seconds: 3600 },
  deadlineSeconds: 60,
  run: () => Promise.resolve({ summary: 'Swept.' }),
};
const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** The types of events that a process with these roles writes when it looks after its jobs. */
async function writtenBy(...own: Role[]): Promise<string[]> {
  const store = new MemoryEventStore();
  const streams = new JobStreams(new CommandHandling({ store, registry: new EventRegistry(jobEvents) }));
  const installation = { roles: new Set(own), sharesLog: false, timeZone: 'UTC' } as unknown as Installation;
  const host = new JobHost(new JobRegistry([job]), streams, installation, silent);
  await host.look();
  await host.beforeApplicationShutdown();
  return Array.fromAsync(store.readAll(), ({ type }) => type);
}

it.each(roles.filter((role) => role !== 'scheduler'))('a process with the role %s alone runs no jobs', async (role) => {
  expect(await writtenBy(role)).toEqual([]);
});

it('a process with the role scheduler runs jobs', async () => {
  expect(await writtenBy('scheduler')).toContain('JobScheduled');
});
