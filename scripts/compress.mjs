import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const brotliFully = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
const encodings = {
  br: (content) => promisify(brotliCompress)(content, brotliFully),
  gz: (content) => promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }),
};
/** Text; pictures and fonts are compressed already. */
const compressible = /\.(js|css|html|svg|json|txt|webmanifest)$/;

/**
 * Writes a `.br` and a `.gz` beside every file of the folder that is worth it: once, so that no request has to wait for
 * it.
 */
export async function compressFiles(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => compressible.test(name));
  await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const content = await readFile(path);
      for (const [ending, compress] of Object.entries(encodings)) {
        const compressed = await compress(content);
        if (compressed.length < content.length) await writeFile(`${path}.${ending}`, compressed);
      }
    }),
  );
}
