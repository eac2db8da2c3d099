import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { dirname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Figures } from './figures.js';
import { paths, Service } from './processes.js';

const limitBytes = 250_000;

/** Bytes that a browser loads first, from the built files, with their limits. */
export async function measureConsole(folder: string): Promise<Figures> {
  const directory = dirname(paths.console);
  const first = closure(directory, ['index.html']);
  const loads = {
    'first load': first,
    'first load and the heaviest page': withHeaviestPage(directory, first),
    'every file of the console': readdirSync(directory)
      .filter((file) => !/\.(br|gz)$/.test(file))
      .toSorted(),
  };
  const data = join(folder, 'console');
  mkdirSync(data);
  const server = await Service.server(data);
  const results = [];
  for (const [what, files] of Object.entries(loads))
    results.push({ what, ...sizes(directory, files), sentByServer: await sent(server, files) });
  await server.stop();
  rmSync(data, { recursive: true });
  const compressed = results[0]?.gzip ?? 0;
  return {
    title: 'Console: bytes, each file by itself with gzip 9 and brotli 11, and as the server sends them to a browser',
    rows: results,
    figures: [{ ...results[0], limit: limitBytes, names: first }, { ...results[1] }],
    beyondLimits:
      compressed > limitBytes ? [`the first load is ${compressed} bytes with gzip, and at most ${limitBytes}`] : [],
  };
}

const references: Readonly<Record<string, RegExp>> = {
  html: /<(?:script|link)\b[^>]*?\b(?:src|href)="([^"]+)"/g,
  js: /\b(?:from|import)\s*["']\.\/([^"']+)["']/g,
  css: /(?:@import\s+|url\()["']?(?!data:)([^"')]+)/g,
};
const onDemand = /\bimport\(\s*["'`]\.\/([^"'`]+)["'`]/g;

/** File names: these, and those that they load themselves; not what is imported on demand. */
function closure(directory: string, from: readonly string[]): string[] {
  const found = new Set(from);
  for (const file of found) {
    const pattern = references[file.split('.').at(-1) ?? ''];
    for (const name of pattern ? named(directory, file, pattern) : []) found.add(name);
  }
  return [...found];
}

/** The most that a browser loads before it shows a page, whichever that is: main imports each page on demand. */
function withHeaviestPage(directory: string, first: readonly string[]): string[] {
  const pages = first.filter((file) => file.endsWith('.js')).flatMap((file) => named(directory, file, onDemand));
  if (pages.length === 0) throw new Error('No page is imported on demand: the bundler writes what is not understood.');
  const loads = pages.map((page) => closure(directory, [...first, page]));
  return loads.toSorted((a, b) => sizes(directory, b).gzip - sizes(directory, a).gzip)[0] ?? [...first];
}

function named(directory: string, file: string, pattern: RegExp): string[] {
  return [...readFileSync(join(directory, file), 'utf8').matchAll(pattern)].map(([, name = '']) => name);
}

function sizes(directory: string, files: readonly string[]) {
  const bytes = files.map((file) => readFileSync(join(directory, file)));
  const total = (size: (content: Buffer) => number) => bytes.reduce((sum, content) => sum + size(content), 0);
  return {
    files: files.length,
    raw: total((content) => content.length),
    gzip: total((content) => gzipSync(content, { level: 9 }).length),
    // Node's default quality is brotli's highest, 11.
    brotli: total((content) => brotliCompressSync(content).length),
  };
}

/** Bytes of the bodies on the wire, requested as a browser would. */
async function sent(server: Service, files: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) bytes += await bodyLength(`${server.address}/${file}`);
  return bytes;
}

function bodyLength(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { 'Accept-Encoding': 'gzip, deflate, br, zstd' } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answers ${response.statusCode}.`));
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => resolve(bytes));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}
