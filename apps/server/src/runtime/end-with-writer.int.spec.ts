import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { expect, it } from '@jest/globals';

const sources = pathToFileURL(join(import.meta.dirname, '../../../../scripts/typescript-sources.mjs')).href;
const program = join(import.meta.dirname, 'writer-that-dies.testing.ts');

it('a server whose log has lost its writer ends with a fatal line and code 1', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'writer-'));
  try {
    const args = ['--import', sources, program, join(folder, 'events.db')];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'close');
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = (await ended) as [number];
    expect(err).toMatch(/^StreamVault ends\. The writer of the event log .* has died .* restart StreamVault\.$/m);
    expect(out).toMatch(/^stored$/m);
    const fatal = out.split('\n').find((line) => line.includes('"level":60'));
    expect(fatal).toContain('has died');
    expect(code).toBe(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});
