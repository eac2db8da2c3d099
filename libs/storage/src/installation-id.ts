import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = 'installation-id';

/** Distinguishes this data folder from all others, as long as it exists. */
export async function installationId(dataFolder: string): Promise<string> {
  const file = join(dataFolder, FILE);
  const known = await idIn(file);
  if (known !== undefined) return known;
  const id = randomUUID();
  try {
    await writeFile(file, `${id}\n`, { flag: 'wx', mode: 0o600 });
    return id;
  } catch {
    // Another process of this installation was first; or the disk cannot be written, and then the id lives as long as
    // the process.
    return (await idIn(file)) ?? id;
  }
}

async function idIn(file: string): Promise<string | undefined> {
  try {
    return /^[\da-f-]{36}$/m.exec(await readFile(file, 'utf8'))?.[0];
  } catch {
    // None yet.
    return undefined;
  }
}
