import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { OwnedThread, threadOwner } from './owned-thread.js';

interface ToThread {
  readonly say?: string;
  readonly close?: boolean;
  readonly fail?: boolean;
  readonly hang?: boolean;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thread-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A thread that repeats what it is told, and closes, fails and hangs on demand. */
function echo() {
  const own = new URL('owned-thread.ts', import.meta.url).href;
  const program = join(folder, 'echo.mjs');
  writeFileSync(
    program,
    `import { threadOwner } from ${JSON.stringify(own)};
    const { data, leave, listen, tell } = threadOwner();
    listen(({ say, close, fail, hang }) => {
      if (fail) throw new Error('No more');
      if (hang) for (;;);
      if (close) leave();
      else tell(data.greeting + ' ' + say);
    });`,
  );
  const heard: string[] = [];
  let wake = (): void => undefined;
  const end = Promise.withResolvers<unknown>();
  const thread = new OwnedThread<ToThread, string>(
    { program: pathToFileURL(program), name: 'echo', data: { greeting: 'Hello' } },
    {
      message: (message) => {
        heard.push(message);
        wake();
      },
      ended: end.resolve,
    },
  );
  const next = async (): Promise<string> => {
    while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return heard.shift() ?? '';
  };
  return { thread, next, end: end.promise };
}

it('carries messages in both directions, and beats', async () => {
  const { thread, next, end } = echo();
  thread.post({ say: 'house' });
  expect(await next()).toBe('Hello house');
  expect(thread.heart.beats).toBeGreaterThan(0);
  await thread.close({ close: true });
  expect(await end).toBeUndefined();
});

it('reports what broke the thread', async () => {
  const { thread, end } = echo();
  thread.post({ fail: true });
  expect(await end).toMatchObject({ message: 'No more' });
  await thread.ended;
});

it('ends a thread that does not close in time', async () => {
  const { thread, next, end } = echo();
  thread.post({ say: 'it is there' });
  await next();
  thread.post({ hang: true });
  await thread.close({ close: true }, 50);
  expect(await end).toMatchObject({ message: expect.stringContaining('code') });
});

it('is for threads only', () => {
  expect(() => threadOwner()).toThrow('not a program');
});
