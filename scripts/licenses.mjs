// The licences of everything that is delivered: what the server and the console use, with the texts from their
// packages. Written by the build, and served at /licenses.txt.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const isText = (name) => /^(licen[cs]e|copying|notice)([.-].*)?$/i.test(name);

/** @param {string} root the repository @param {string} file where to write */
export function writeLicenses(root, file) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const delivered = Object.entries(packages)
    .filter(([path, { dev, link }]) => path.includes('node_modules/') && !dev && !link)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  const seen = new Set();
  const parts = [];
  for (const [path, { version, license }] of delivered) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (seen.has(`${name} ${version}`)) continue;
    const texts = textsIn(join(root, path));
    // An optional package for another system is not delivered here.
    if (texts === undefined) continue;
    seen.add(`${name} ${version}`);
    parts.push([`${name} ${version}`, `Licence: ${license ?? 'see its text'}`, ...texts].join('\n\n'));
  }
  const own = readFileSync(join(root, 'LICENSE'), 'utf8').trim();
  const line = `\n\n${'-'.repeat(100)}\n\n`;
  writeFileSync(file, `${['StreamVault', own].join('\n\n')}${line}${parts.join(line)}\n`);
  return parts.length;
}

/** The texts in a package's folder; undefined if it is not installed. */
function textsIn(folder) {
  try {
    const names = readdirSync(folder, { withFileTypes: true });
    return names
      .filter((entry) => entry.isFile() && isText(entry.name))
      .map(({ name }) => readFileSync(join(folder, name), 'utf8').trim());
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
