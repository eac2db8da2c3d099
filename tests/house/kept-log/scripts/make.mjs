// Makes a log by the program as it is now, and writes down what it makes of it: `node tests/house/kept-log/scripts/make.mjs`.
// It takes minutes, and replaces the two files beside it. With --read-back the log stays, and only what is made of it is written down
// again. README.md there says why both are seldom wanted.
import { createRequire } from 'node:module';
import { delimiter, dirname } from 'node:path';
import { compile, exitCodeOf, main, onTheRightNode, run } from '../../../../scripts/house.mjs';

await main(async () => {
  await onTheRightNode();
  await compile({ quiet: true });
  const only = ['--testMatch', '**/kept-log/make-kept-log.ts', '--runInBand', '--forceExit'];
  // One of the sources is an ffmpeg of its own: the system's, else the one that npm brings.
  const brought = dirname(createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg').path);
  const KEPT_LOG = process.argv.includes('--read-back') ? 'read-back' : 'record';
  const env = { JEST_ONLY: 'e2e', KEPT_LOG, PATH: `${process.env.PATH}${delimiter}${brought}` };
  return exitCodeOf(await run('npm', ['run', '-s', 'jest', '--', ...only], { env }));
});
