import { errorCode } from '@streamvault/failures';
import { constants, copyFile, open, rename } from 'node:fs/promises';
import path from 'node:path';
import { LEDGER_FILE } from './entries.js';
import { SOUND_FOLDER } from './sound.js';

/**
 * Takes a recording's folder away from a writer that still has it open, such as a recorder that was stopped for a while
 * and comes back: a copy takes the ledger's place, so that what the former writer adds lands in a file that nobody can
 * see. It notices that at its next part or sync (`LedgerMissing`).
 */
export async function fenceLedger(directory: string): Promise<void> {
  for (const folder of [directory, path.join(directory, SOUND_FOLDER)]) {
    const file = path.join(folder, LEDGER_FILE);
    const copy = `${file}.mine`;
    try {
      await copyFile(file, copy, constants.COPYFILE_FICLONE);
    } catch (error) {
      // Nothing was captured yet, or there is no separate audio.
      if (errorCode(error) === 'ENOENT') continue;
      throw error;
    }
    await using handle = await open(copy, 'r+');
    await handle.sync();
    await rename(copy, file);
  }
}
