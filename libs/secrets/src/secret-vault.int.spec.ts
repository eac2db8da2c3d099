import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretVault } from './secret-vault.js';

const token = 'oauth:rq8sd0f9a8sdf0a8sdf-tail';

describe('the vault of secrets', () => {
  let root: string;
  let folder: string;
  let keyFile: string;
  const open = () => new SecretVault({ folder, keyFile });

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'streamvault-secrets-'));
    folder = join(root, 'secrets');
    keyFile = join(root, 'secret.key');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const allBytes = async () => {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return Buffer.concat(await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)))));
  };
  const onlyFile = async () => {
    const [name = ''] = await readdir(folder);
    return join(folder, name);
  };

  it('returns what was set, also to another process', async () => {
    await open().set('twitch.user-token', token);
    expect(await open().get('twitch.user-token')).toBe(token);
    expect(await open().has('twitch.user-token')).toBe(true);
    expect(await open().fields()).toEqual(['twitch.user-token']);
  });

  it('contains and creates nothing before the first secret', async () => {
    const vault = open();
    expect(await vault.get('twitch.user-token')).toBeUndefined();
    expect(await vault.has('twitch.user-token')).toBe(false);
    expect(await vault.erase('twitch.user-token')).toBe(false);
    expect(await vault.check()).toEqual({ status: 'ok', detail: '0 stored' });
    expect(await readdir(root)).toEqual([]);
  });

  it('leaves no secret readable on the disk, and lets only the owner read its files', async () => {
    await open().set('twitch.user-token', token);
    expect((await allBytes()).includes(token)).toBe(false);
    for (const file of [keyFile, await onlyFile()]) expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('accepts any well-formed text', async () => {
    const vault = open();
    for (const text of ['x', '🔑 ключ\n\t', 'a'.repeat(64 * 1024)]) {
      await vault.set('any', text);
      expect(await vault.get('any')).toBe(text);
    }
    for (const text of ['', '\ud800', 'a'.repeat(64 * 1024 + 1)])
      await expect(vault.set('any', text)).rejects.toMatchObject({ code: 'secrets.invalid' });
  });

  it.each(['', '../key', 'a/b', '.hidden', 'a..b', 'x'.repeat(129)])(
    'refuses %p as the name of a field',
    async (field) => {
      await expect(open().set(field, token)).rejects.toThrow(TypeError);
      await expect(open().get(field)).rejects.toThrow(TypeError);
    },
  );

  it('encrypts the same text differently each time', async () => {
    const vault = open();
    await vault.set('any', token);
    const first = await readFile(await onlyFile(), 'utf8');
    await vault.set('any', token);
    expect(await readFile(await onlyFile(), 'utf8')).not.toBe(first);
  });

  it('keeps all of many secrets set at once, and one of those for the same field', async () => {
    const vaults = [open(), open()];
    const fields = Array.from({ length: 20 }, (_, index) => `target.${index}`);
    await Promise.all(fields.map((field, index) => vaults[index % 2]?.set(field, `secret of ${field}`)));
    for (const field of fields) expect(await open().get(field)).toBe(`secret of ${field}`);
    await Promise.all(['a', 'b', 'c'].map((text) => vaults[0]?.set('same', text)));
    expect(await open().get('same')).toBe('c');
  });

  it('erases permanently, and removes leftovers of interrupted writes', async () => {
    const vault = open();
    await vault.set('any', token);
    const file = await onlyFile();
    const leftover = join(folder, `.${file.slice(folder.length + 1)}~0123.partial`);
    await copyFile(file, leftover);
    expect(await vault.erase('any')).toBe(true);
    expect(await readdir(folder)).toEqual([]);
    expect(await vault.get('any')).toBeUndefined();
    expect(await vault.erase('any')).toBe(false);
  });

  it('does not read a value that was copied from another field', async () => {
    const vault = open();
    await vault.set('first', token);
    const file = await onlyFile();
    await vault.set('second', 'other');
    const [other = ''] = (await readdir(folder)).filter((name) => name.startsWith('second'));
    await copyFile(file, join(folder, other));
    await expect(vault.get('second')).rejects.toMatchObject({ code: 'secrets.damaged', details: { field: 'second' } });
  });

  it.each([
    ['cut short', (text: string) => text.slice(0, 40)],
    ['empty', () => ''],
    ['changed', (text: string) => text.replace(/.\n$/, (end) => (end.startsWith('A') ? 'Q\n' : 'A\n'))],
  ])('reports as damaged a value that was %s', async (_, damage) => {
    const vault = open();
    await vault.set('any', token);
    const file = await onlyFile();
    await writeFile(file, damage(await readFile(file, 'utf8')));
    await expect(vault.get('any')).rejects.toMatchObject({ code: 'secrets.damaged' });
    expect(await vault.check()).toMatchObject({ status: 'warn', detail: expect.stringContaining('any') });
  });

  it('refuses with the name of the setting if the key is another one, and reads again with the right one', async () => {
    await open().set('any', token);
    const key = await readFile(keyFile);
    await writeFile(keyFile, Buffer.alloc(32, 7).toString('base64'));
    const vault = open();
    for (const attempt of [vault.get('any'), vault.set('other', token), vault.set('any', token)])
      await expect(attempt).rejects.toMatchObject({
        code: 'secrets.wrong-key',
        message: expect.stringContaining('SECRET_KEY_FILE'),
      });
    expect(await vault.describe('any')).toMatchObject({ set: true, hint: null });
    expect(await vault.check()).toMatchObject({ status: 'warn', detail: expect.stringContaining('SECRET_KEY_FILE') });
    await writeFile(keyFile, key);
    expect(await vault.get('any')).toBe(token);
  });

  it('makes no new key while secrets wait for the old one', async () => {
    await open().set('any', token);
    await rm(keyFile);
    for (const attempt of [open().get('any'), open().set('other', token)])
      await expect(attempt).rejects.toMatchObject({ code: 'secrets.key-missing' });
    // An unreadable secret can still be erased; then nothing depends on the old key.
    await open().erase('any');
    await open().set('other', token);
    expect(await open().get('other')).toBe(token);
  });

  it.each(['', 'too short', Buffer.alloc(31).toString('base64')])('says that %p is not a key', async (text) => {
    await writeFile(keyFile, text);
    await expect(open().set('any', token)).rejects.toMatchObject({ code: 'secrets.key-unusable' });
  });

  it('says that a key file cannot be read, or created', async () => {
    keyFile = join(root, 'not-there', 'secret.key');
    await expect(open().set('any', token)).rejects.toMatchObject({
      code: 'secrets.key-unusable',
      message: expect.stringContaining('ENOENT'),
    });
    keyFile = root;
    await expect(open().set('any', token)).rejects.toMatchObject({ code: 'secrets.key-unusable' });
  });

  it('accepts a key that was made elsewhere, and does not change it', async () => {
    await writeFile(keyFile, `${Buffer.alloc(32, 1).toString('base64')}\n\n`);
    await chmod(keyFile, 0o440);
    await open().set('any', token);
    expect(await open().get('any')).toBe(token);
    expect((await stat(keyFile)).mode & 0o777).toBe(0o440);
  });

  it('shows only the end of a secret, and only of a long one', async () => {
    const vault = open();
    await vault.set('any', token);
    expect(await vault.describe('any')).toEqual({ set: true, hint: '…tail', updatedAt: expect.stringMatching(/Z$/) });
    await vault.set('any', 'hunter2');
    expect(await vault.describe('any')).toMatchObject({ set: true, hint: null });
    expect(await vault.describe('none')).toEqual({ set: false, hint: null, updatedAt: null });
  });

  it('has one key if two processes start at once', async () => {
    const vaults = Array.from({ length: 8 }, () => open());
    await Promise.all(vaults.map((vault, index) => vault.set(`field.${index}`, `secret ${index}`)));
    for (const index of vaults.keys()) expect(await open().get(`field.${index}`)).toBe(`secret ${index}`);
  });
});
