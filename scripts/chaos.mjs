// `npm run chaos -- [--minutes N] [--recordings N] [--seed N]`: recordings in all kinds of trouble, and a server that
// is killed repeatedly; afterwards every recording must have what could be fetched. The seed makes the trouble
// repeatable.
import { parseArgs } from 'node:util';
import { compile, exitCodeOf, Failure, main, onTheRightNode, run } from './house.mjs';

await main(async () => {
  await onTheRightNode();
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      recordings: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    },
  });
  for (const [name, value] of Object.entries(values))
    if (!(Number(value) > 0)) throw new Failure(`--${name} must be a number above 0.`);
  console.log(`Seed ${values.seed}`);
  await compile({ quiet: true });
  const env = {
    JEST_ONLY: 'e2e',
    CHAOS_MINUTES: values.minutes,
    CHAOS_RECORDINGS: values.recordings,
    CHAOS_SEED: values.seed,
  };
  return exitCodeOf(await run('npm', ['run', '-s', 'jest', '--', 'tests/chaos', '--runInBand'], { env }));
});
