// Completes package-lock.json after dependencies changed: `node scripts/complete-lockfile.mjs`.
//
// npm drops from the lock file the optional packages that the registry at hand does not carry, such as other systems'
// prebuilt binaries on a partial mirror, and `npm ci` then refuses the very lock file npm wrote. Every such package is
// declared by its parent at one exact version, so its entry can be written from that declaration: name, version, and
// the system it is for, taken from the package's name. The checksum stays out; npm fills it in where it can.
//
// npm also forgets a package's `gypfile: false`, and `npm ci` would then ask for Python and a compiler to build what the
// package brings prebuilt.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, '..', 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'aix', 'netbsd', 'openbsd', 'sunos'];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

/** The `os`, `cpu` and `libc` fields of a package named like `core-linux-arm-gnueabihf`, or undefined for another name. */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = words.find((word) => systems.includes(word));
  const cpu = words.find((word) => processors.includes(word));
  if (os === undefined || cpu === undefined) return undefined;
  const libc = words.at(-1).startsWith('musl') ? 'musl' : words.at(-1).startsWith('gnu') ? 'glibc' : undefined;
  return { cpu: [cpu], ...(os === 'linux' && libc && { libc: [libc] }), os: [os] };
}

const prebuilt = ['better-sqlite3'];

const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  if (prebuilt.some((name) => path.endsWith(`node_modules/${name}`))) entry.gypfile = false;
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    if (lock.packages[place] || lock.packages[`${path}/${place}`] || !/^\d+\.\d+\.\d+$/.test(version)) continue;
    const platform = platformOf(name);
    if (platform === undefined) continue;
    lock.packages[place] = { version, ...platform, ...(entry.dev && { dev: true }), optional: true };
    added.push(`${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? 'The lock file is complete.' : `Added to the lock file:\n  ${added.join('\n  ')}`);
