import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readSync } from 'node:fs';
import { appendFile, chmod, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BorrowedFile, KeptFiles } from './kept-files.js';

let folder: string;
let files: KeptFiles;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamvault-kept-'));
  files = new KeptFiles({ smallBytes: 10, most: 4, memoryBytes: 25 });
});
afterEach(async () => {
  files.close();
  await rm(folder, { recursive: true, force: true });
});

async function borrow(name: string): Promise<BorrowedFile> {
  const found = await files.borrow(folder, name);
  if (!found.ok) throw new Error(found.reason);
  return found;
}

const textOf = ({ content, fd, size }: BorrowedFile): string => {
  if (content !== undefined) return content.toString();
  const bytes = Buffer.alloc(size);
  readSync(fd, bytes, 0, size, 0);
  return bytes.toString();
};

describe('KeptFiles', () => {
  it.each([
    ['in memory', 'small'],
    ['open', 'larger than ten'],
  ])('gives the same file again, %s', async (_, text) => {
    await writeFile(join(folder, 'a'), text);
    const [first, second] = [await borrow('a'), await borrow('a')];
    expect([textOf(first), textOf(second)]).toEqual([text, text]);
    expect(second.fd).toBe(first.fd);
    expect(second.content).toBe(first.content);
  });

  it('notices at once that a file was replaced, and who reads the old one reads on', async () => {
    await writeFile(join(folder, 'a'), 'the first content');
    await writeFile(join(folder, 'b'), 'other content now');
    const first = await borrow('a');
    await rename(join(folder, 'b'), join(folder, 'a'));
    const second = await borrow('a');
    expect([textOf(first), textOf(second)]).toEqual(['the first content', 'other content now']);
    expect(second.etag).not.toBe(first.etag);
    first.release();
    await untilClosed(first, 'the first content');
    expect(textOf(second)).toBe('other content now');
  });

  it.each(['small', 'larger than ten'])(
    'notices at once that a file grew, in the midst of many that ask: %s',
    async (text) => {
      await writeFile(join(folder, 'a'), text);
      await borrow('a');
      const during = Array.from({ length: 20 }, () => borrow('a'));
      await appendFile(join(folder, 'a'), '+');
      expect(textOf(await borrow('a'))).toBe(`${text}+`);
      await Promise.all(during);
    },
  );

  it('refuses what is gone, locked away or became a link out of the folder, though it has it', async () => {
    await writeFile(join(folder, 'a'), 'small');
    (await borrow('a')).release();
    await rm(join(folder, 'a'));
    expect(await files.borrow(folder, 'a')).toMatchObject({ ok: false, reason: 'missing' });
    await writeFile(join(folder, 'a'), 'small');
    (await borrow('a')).release();
    await rm(join(folder, 'a'));
    await symlink('/etc/hostname', join(folder, 'a'));
    expect(await files.borrow(folder, 'a')).toMatchObject({ ok: false, reason: 'outside' });
    if (process.getuid?.() === 0) return;
    await writeFile(join(folder, 'b'), 'small');
    (await borrow('b')).release();
    await chmod(join(folder, 'b'), 0);
    expect(await files.borrow(folder, 'b')).toMatchObject({ ok: false, reason: 'unreadable' });
  });

  it('keeps few files and little memory, and closes what it keeps no more when the last reader is done', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const name of names) await writeFile(join(folder, name), `the content of ${name}`);
    const all = [];
    for (const name of names) all.push(await borrow(name));
    expect(all.map(textOf)).toEqual(names.map((name) => `the content of ${name}`));
    for (const file of all) file.release();
    await untilClosed(all[0]!, 'the content of a');
    expect(textOf(all[5]!)).toBe('the content of f');

    for (const name of names) await writeFile(join(folder, name), `<${name}456789`);
    for (const name of names) expect(textOf(await borrow(name))).toBe(`<${name}456789`);
  });

  it('closes a file that nobody reads any more, and opens it again', async () => {
    files = new KeptFiles({ smallBytes: 10, idleMilliseconds: 1 });
    await writeFile(join(folder, 'a'), 'larger than ten');
    const file = await borrow('a');
    file.release();
    await untilClosed(file, 'larger than ten');
    expect(textOf(await borrow('a'))).toBe('larger than ten');
  });
});

/** The number may be another file's by then: what counts is that it is not this one's. */
async function untilClosed(file: BorrowedFile, text: string): Promise<void> {
  for (;;) {
    try {
      if (textOf(file) !== text) return;
    } catch {
      return;
    }
    await new Promise((turn) => setImmediate(turn));
  }
}
