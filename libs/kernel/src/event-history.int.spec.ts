import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { defineEvent } from './event-definition.js';
import { eventHistoryProblems } from './event-history.testing.js';
import { kernelEvents } from './kernel-events.js';

it("every version of the kernel's events that was ever written can be read, and none has changed its shape", () => {
  expect(eventHistoryProblems(kernelEvents, join(import.meta.dirname, '../fixtures/events'))).toEqual([]);
});

describe('the history of events', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'event-history-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const first = defineEvent({ type: 'Paid', version: 1, schema: z.object({ amount: z.number() }) });
  const changed = defineEvent({ type: 'Paid', version: 1, schema: z.object({ amount: z.number(), by: z.string() }) });
  const second = defineEvent({
    type: 'Paid',
    version: 2,
    schema: z.object({ cents: z.number() }),
    upcasters: { 1: ({ amount }) => ({ cents: Number(amount) * 100 }) },
  });
  const fixture = (version: number, data: object) =>
    writeFile(join(folder, `Paid.v${version}.json`), JSON.stringify({ type: 'Paid', version, examples: [data] }));
  const release = async (): Promise<void> => {
    await fixture(1, { amount: 3 });
    expect(eventHistoryProblems([first], folder, true)).toEqual([]);
  };

  it('is fine if nothing changed', async () => {
    await release();
    expect(eventHistoryProblems([first], folder, false)).toEqual([]);
  });

  it('asks for a new event to be recorded, with an example', () => {
    expect(eventHistoryProblems([first], folder, false)).toEqual([
      expect.stringContaining('EVENT_SCHEMAS=record'),
      expect.stringContaining('Paid.v1.json is missing'),
    ]);
  });

  it('does not let a released shape change, also in record mode', async () => {
    await release();
    for (const record of [false, true]) {
      const problems = eventHistoryProblems([changed], folder, record);
      expect(problems[0]).toMatch(/shape of Paid version 1 changed[^]*version 2[^]*upcaster from 1[^]*Paid\.v2\.json/);
    }
    expect(await readFile(join(folder, 'schemas.json'), 'utf8')).not.toContain('by');
  });

  it('requires both versions to be read once there are two', async () => {
    await release();
    expect(eventHistoryProblems([second], folder, true)).toEqual([expect.stringContaining('Paid.v2.json is missing')]);
    await fixture(2, { cents: 5 });
    expect(eventHistoryProblems([second], folder, false)).toEqual([]);
    await fixture(1, { amount: 'three' });
    expect(eventHistoryProblems([second], folder, false)).toEqual([expect.stringContaining('Paid.v1.json, example 1')]);
  });

  it('does not allow a type or a version to be removed', async () => {
    await release();
    expect(eventHistoryProblems([], folder, false)).toContainEqual(expect.stringContaining('defined no more'));
    await fixture(2, { cents: 5 });
    eventHistoryProblems([second], folder, true);
    expect(eventHistoryProblems([first], folder, false)).toContainEqual(expect.stringContaining('newer version'));
    const forgetful = defineEvent({ type: 'Paid', version: 1, schema: first.schema });
    const schemas = JSON.parse(await readFile(join(folder, 'schemas.json'), 'utf8'));
    delete schemas.Paid['1'];
    await writeFile(join(folder, 'schemas.json'), JSON.stringify(schemas));
    expect(eventHistoryProblems([forgetful], folder, false)).toContainEqual(expect.stringContaining('went back'));
  });
});
