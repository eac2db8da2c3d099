// `npm run check`: what can be checked in under a minute, before a commit. `npm test` checks the rest.
import { spawnSync } from 'node:child_process';
import { Failure, jestFlags, main, onTheRightNode, program, root, run } from './house.mjs';

/** Files that differ from the last commit and still exist. */
function changedFiles() {
  const list = (...args) =>
    spawnSync('git', args, { cwd: root, encoding: 'utf8' })
      .stdout.split('\n')
      .filter((file) => file !== '');
  return [
    ...new Set([
      ...list('diff', '--name-only', '--diff-filter=d', 'HEAD'),
      ...list('ls-files', '--others', '--exclude-standard'),
    ]),
  ];
}

async function node(...args) {
  const { code } = await run(process.execPath, args);
  if (code !== 0) throw new Failure(`Failed: ${args[0].split(/[\\/]/).at(-1)}. See above.`);
}

await main(async () => {
  await onTheRightNode();
  const files = changedFiles();
  if (files.length > 0) await node(program('prettier'), '--check', '--ignore-unknown', ...files);
  await Promise.all([
    node(program('typescript', 'tsc'), '-b'),
    // Without types, for which all code has to be read.
    node(program('oxlint'), '--quiet'),
  ]);
  // Tests without I/O of the folders that changed.
  const folders = [...new Set(files.flatMap((file) => /^(libs|apps)\/[^/]+\/src/.exec(file)?.[0] ?? []))].filter(
    (folder) => !folder.startsWith('apps/admin/'),
  );
  if (folders.length === 0) return;
  process.env.JEST_ONLY = 'server';
  await node(
    ...jestFlags,
    program('jest'),
    '--passWithNoTests',
    '--testPathIgnorePatterns',
    '\\.int\\.spec\\.ts$',
    '/node_modules/',
    '/dist/',
    '/compiled/',
    '--testPathPatterns',
    ...folders,
  );
});
