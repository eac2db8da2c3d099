// `npm test`: every check, up to the first that fails. The last line is `N passed, N failed`, counted
// over all Jest tests; a stage that fails without a failed test counts as one. `--only <stage>` runs one stage by
// itself.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildConsole,
  compile,
  exitCodeOf,
  Failure,
  jestFlags,
  main,
  onTheRightNode,
  program,
  root,
  run,
} from './house.mjs';
import { preflight } from './preflight.mjs';

const stageTimeoutSeconds = 25 * 60;
const results = join(root, 'artifacts', 'test-results');
const tally = { passed: 0, failed: 0 };
const skipped = [];
/** Tests that failed beside the others and passed by themselves. */
const secondRuns = [];
/** If more files than this failed, none runs again: that is not caused by a busy machine. */
const mostSecondRuns = 4;
let interruptedBy = null;

const stages = {
  node: onTheRightNode,
  preflight,
  format: () => node(program('prettier'), '--check', '.'),
  compile,
  lint: async () => {
    await node(program('oxlint'), '--type-aware');
    const rules = ['js', 'mjs', 'cjs'].map((kind) => join(root, 'apps', 'admin', `eslint.config.${kind}`));
    const own = rules.find((file) => existsSync(file));
    if (own) await node(program('eslint'), '--config', own, 'apps/admin/src');
  },
  boundaries: () =>
    node(
      program('dependency-cruiser', 'depcruise'),
      '--config',
      '.dependency-cruiser.cjs',
      'apps',
      'libs',
      'tests',
      'bench',
    ),
  types: async () => {
    await node(program('typescript', 'tsc'), '-p', 'tsconfig.specs.json');
    await node(program('typescript', 'tsc'), '-p', 'apps/admin/tsconfig.spec.json', '--noEmit');
  },
  build: () => buildConsole({ force: true }),
  unit: () => jest('unit', 'server,admin'),
  e2e: () => jest('e2e', 'e2e', '--testPathIgnorePatterns', '/node_modules/', '/tests/browser/'),
  browser: () => jest('browser', 'e2e', '--testPathPatterns', '/tests/browser/'),
};

/**
 * In this order, each as soon as those it needs have passed: two at a time of the stages that use about one core each,
 * the tests alone.
 */
const needs = {
  preflight: [],
  compile: ['preflight'],
  format: ['preflight'],
  build: ['preflight'],
  types: ['compile'],
  lint: ['compile'],
  boundaries: ['compile'],
  unit: ['compile', 'format', 'build', 'types', 'lint', 'boundaries'],
  e2e: ['unit'],
  browser: ['e2e'],
};
const atOnce = 2;
/** Many tests wait for a slow source, those from end to end most of all: with more workers than cores, none is idle. */
const workers = { unit: '3', e2e: '4', browser: '2' };

async function node(...args) {
  const end = await run(process.execPath, args, { timeoutSeconds: stageTimeoutSeconds });
  interruptedBy ??= end.interruptedBy;
  if (end.timedOut) throw new Failure(`It did not end within ${stageTimeoutSeconds / 60} minutes and was stopped.`);
  if (end.code !== 0 && !end.interruptedBy) throw new Failure(`It ended with code ${exitCodeOf(end)}.`);
}

/**
 * Runs the named Jest projects and adds their tests to the tally. A few files that fail beside the others run once more
 * by themselves: the second run counts, and the end says which tests needed it, because each of them should be
 * improved.
 */
async function jest(name, projects, ...args) {
  const first = await jestOnce(name, projects, workers[name], args);
  const failedFiles = first.summary?.testResults.filter(({ status }) => status === 'failed').map((file) => file.name);
  if (!first.failure || interruptedBy || !failedFiles?.length || failedFiles.length > mostSecondRuns) {
    count(first.summary);
    if (first.failure) throw first.failure;
    return;
  }
  console.log(`\n${failedFiles.length} failed beside the others and now run by themselves.`);
  const second = await jestOnce(`${name}-again`, projects, '1', ['--runTestsByPath', ...failedFiles]);
  count(first.summary, ({ name: file }) => !failedFiles.includes(file));
  count(second.summary);
  if (second.failure) throw second.failure;
  for (const file of first.summary.testResults.filter(({ status }) => status === 'failed'))
    for (const { status, fullName } of file.assertionResults) if (status === 'failed') secondRuns.push(fullName);
}

/** One run: its summary, if Jest wrote one, and its failures. */
async function jestOnce(name, projects, maxWorkers, args) {
  mkdirSync(results, { recursive: true });
  const outputFile = join(results, `${name}.json`);
  rmSync(outputFile, { force: true });
  process.env.JEST_ONLY = projects;
  let failure = null;
  try {
    await node(
      ...jestFlags,
      program('jest'),
      '--maxWorkers',
      maxWorkers,
      '--json',
      '--outputFile',
      outputFile,
      ...args,
    );
  } catch (error) {
    failure = error;
  } finally {
    delete process.env.JEST_ONLY;
  }
  const summary = existsSync(outputFile) ? JSON.parse(readFileSync(outputFile, 'utf8')) : null;
  if (summary === null && !interruptedBy) failure ??= new Failure('Jest ended without a summary.');
  return { summary, failure };
}

function count(summary, isCounted = () => true) {
  for (const file of summary?.testResults.filter((one) => isCounted(one)) ?? []) {
    const statuses = file.assertionResults.map(({ status }) => status);
    tally.passed += statuses.filter((status) => status === 'passed').length;
    const failed = statuses.filter((status) => status === 'failed').length;
    // A file that could not even be loaded has no tests to fail; it counts as one.
    tally.failed += failed === 0 && file.status === 'failed' ? 1 : failed;
    for (const { status, fullName } of file.assertionResults)
      if (!['passed', 'failed'].includes(status)) skipped.push(fullName);
  }
}

async function runStage(name) {
  const start = performance.now();
  const failedBefore = tally.failed;
  console.log(`\n▶ ${name}`);
  try {
    await stages[name]();
    if (interruptedBy) return false;
    console.log(`✔ ${name} (${((performance.now() - start) / 1000).toFixed(0)} s)`);
    return true;
  } catch (error) {
    if (tally.failed === failedBefore) tally.failed += 1;
    console.log(`\n✘ Stage "${name}" failed. ${error instanceof Failure ? error.message : error.stack}`);
    console.log(`  To run it alone: npm test -- --only ${name}`);
    return false;
  }
}

/** Up to the first that fails; those that run then come to their end. */
async function runStages(wanted) {
  const waiting = new Set(Object.keys(wanted));
  const passed = new Set();
  const running = new Map();
  let hasFailed = false;
  const one = async (name) => {
    if (await runStage(name)) passed.add(name);
    else hasFailed = true;
    running.delete(name);
  };
  for (;;) {
    const next = [...waiting].find((name) => wanted[name].every((other) => passed.has(other)));
    if (next !== undefined && running.size < atOnce && !hasFailed) {
      waiting.delete(next);
      running.set(next, one(next));
    } else if (running.size > 0) await Promise.race(running.values());
    else return;
  }
}

function asked() {
  const args = process.argv.slice(2);
  if (args.length === 0) return needs;
  const [flag, name] = args;
  if (args.length === 2 && flag === '--only' && Object.hasOwn(stages, name)) return { [name]: [] };
  throw new Failure(`Use: npm test [-- --only <stage>], a stage being one of ${Object.keys(stages).join(', ')}.`);
}

await main(async () => {
  const wanted = asked();
  if (await runStage('node')) await runStages(wanted);
  if (secondRuns.length > 0)
    console.log(`\nPassed only at the second run, by themselves:\n  ${secondRuns.join('\n  ')}`);
  if (skipped.length > 0) console.log(`\nSkipped:\n  ${skipped.join('\n  ')}`);
  if (interruptedBy !== null) console.log('\nInterrupted.');
  console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
  if (interruptedBy !== null) return exitCodeOf({ signal: interruptedBy });
  return tally.failed > 0 ? 1 : 0;
});
