// Asks nginx about a file, and writes down what it answers: `node tests/nginx-answers/record.mjs`. What StreamVault answers to the same is compared
// with it wherever the tests run, whether there is an nginx or not. The requests are the same each time.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SIZE = 1000;
const MODIFIED = 1_763_805_600;

/** Numerical Recipes' generator: the same numbers everywhere. */
let state = 17;
const below = (limit) => {
  state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return Math.floor((state / 2 ** 32) * limit);
};
const oneOf = (all) => all[below(all.length)];

const number = () => oneOf([0, 1, 2, 10, 499, 500, 998, 999, 1000, 1001, below(1100), below(1100), 2 ** 31, 2 ** 53]);
const spec = () => oneOf([() => `${number()}-${number()}`, () => `${number()}-`, () => `-${number()}`])();
const odd = [
  '',
  '-',
  'x',
  '1',
  '1-x',
  'x-1',
  '--1',
  '0--1',
  '1-2-3',
  ' 0-1',
  '0-1 ',
  '0 - 1',
  '+0-1',
  '0x0-1',
  '00-01',
  '0-1;',
  '0-1,',
  ',0-1',
  ',,',
];
const field = () => {
  const unit = oneOf(['bytes=', 'bytes=', 'bytes=', 'bytes=', 'Bytes=', 'bytes =', 'lines=', 'bytes']);
  const list = Array.from({ length: oneOf([1, 1, 1, 1, 2, 3]) }, () => (below(6) === 0 ? oneOf(odd) : spec()));
  return unit + list.join(oneOf([',', ', ']));
};
const dates = ['{modified}', '{earlier}', '{later}', 'yesterday', ''];
const tags = ['{etag}', 'W/{etag}', '"other"', '"other", {etag}', '*', 'nonsense'];
const conditions = () =>
  oneOf([
    {},
    {},
    { 'if-range': oneOf([...tags, ...dates]) },
    { 'if-none-match': oneOf(tags) },
    { 'if-match': oneOf(tags) },
    { 'if-modified-since': oneOf(dates) },
    { 'if-unmodified-since': oneOf(dates) },
    { 'if-none-match': oneOf(tags), 'if-modified-since': oneOf(dates) },
    { 'if-match': oneOf(tags), 'if-unmodified-since': oneOf(dates) },
  ]);

const requests = [
  ...odd.map((text) => ({ method: 'GET', headers: { range: `bytes=${text}` } })),
  ...Array.from({ length: 1200 }, () => ({
    method: below(10) === 0 ? 'HEAD' : 'GET',
    headers: { ...conditions(), ...(below(5) > 0 && { range: field() }) },
  })),
];

const folder = mkdtempSync(join(tmpdir(), 'streamvault-nginx-'));
const file = join(folder, 'a.mp4');
writeFileSync(file, Buffer.from(Array.from({ length: SIZE }, (_, at) => at % 251)));
utimesSync(file, MODIFIED, MODIFIED);
if (statSync(file).size !== SIZE) throw new Error('The file was not written.');
const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = server.address();
    server.close(() => resolve(free));
  });
});
const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder};`);
writeFileSync(
  join(folder, 'nginx.conf'),
  `${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; master_process off; pid ${folder}/nginx.pid; events {}
  http { access_log off; keepalive_requests 1000000; ${temporary.join(' ')} types { video/mp4 mp4; } server { listen 127.0.0.1:${port}; root ${folder}; } }`,
);
const nginx = spawn('nginx', ['-p', folder, '-e', join(folder, 'log'), '-c', join(folder, 'nginx.conf')], {
  stdio: 'inherit',
});
const ask = ({ method, headers }) =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: '/a.mp4', method, headers, agent: false }, (answer) => {
      let length = 0;
      answer.on('data', (chunk) => (length += chunk.length)).on('end', () => resolve({ answer, length }));
    });
    asked.once('error', (error) => reject(new Error(`${method} ${JSON.stringify(headers)}`, { cause: error }))).end();
  });
try {
  let first;
  for (let tries = 0; !first && tries < 100; tries += 1)
    first = await ask({ method: 'GET', headers: {} }).catch(() => new Promise((soon) => setTimeout(soon, 50)));
  const { etag } = first.answer.headers;
  const at = (seconds) => new Date((MODIFIED + seconds) * 1000).toUTCString();
  const words = { '{etag}': etag, '{modified}': at(0), '{earlier}': at(-1), '{later}': at(1) };
  const fill = (text) => text.replaceAll(/\{\w+\}/g, (word) => words[word]);
  const lines = [];
  const seen = new Set();
  for (const asked of requests) {
    const text = JSON.stringify(asked);
    if (seen.has(text)) continue;
    seen.add(text);
    const headers = Object.fromEntries(Object.entries(asked.headers).map(([name, value]) => [name, fill(value)]));
    const { answer, length } = await ask({ method: asked.method, headers });
    const { 'content-range': range, 'content-type': type } = answer.headers;
    const isMultipart = type?.startsWith('multipart/') === true;
    const isFile = asked.method === 'GET' && (answer.statusCode === 200 || (answer.statusCode === 206 && !isMultipart));
    lines.push(
      JSON.stringify({
        ...asked,
        status: answer.statusCode,
        range: range ?? null,
        ...(isMultipart && { isMultipart }),
        ...(isFile && { length }),
      }),
    );
  }
  writeFileSync(join(import.meta.dirname, 'answers.jsonl'), `${lines.join('\n')}\n`);
  process.stdout.write(`${lines.length} answers\n`);
} finally {
  nginx.kill();
  rmSync(folder, { recursive: true, force: true });
}
