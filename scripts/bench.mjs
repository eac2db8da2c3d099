// `npm run bench [-- name… --option…]`: runs the benchmarks in bench/ one after the other; their figures go to the
// terminal only. Options are passed to the benchmarks.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compile, exitCodeOf, Failure, main, onTheRightNode, root, run } from './house.mjs';

await main(async () => {
  await onTheRightNode();
  const folder = join(root, 'bench');
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => /^[\w-]+\.m?[jt]s$/.test(file)) : [];
  const args = process.argv.slice(2);
  const firstOption = args.findIndex((arg) => arg.startsWith('-'));
  const [asked, options] = firstOption < 0 ? [args, []] : [args.slice(0, firstOption), args.slice(firstOption)];
  const unknown = asked.filter((name) => !files.some((file) => file.startsWith(name)));
  if (files.length === 0 || unknown.length > 0) {
    const names = files.map((file) => file.replace(/\.m?[jt]s$/, '')).join(', ');
    throw new Failure(`No benchmark is called ${unknown.join(', ') || 'anything'}. There are: ${names || 'none'}.`);
  }
  await compile({ quiet: true });
  for (const file of files.filter((each) => asked.length === 0 || asked.some((name) => each.startsWith(name)))) {
    console.log(`\n# ${file}`);
    const end = await run(process.execPath, ['--expose-gc', join(folder, file), ...options]);
    if (end.code !== 0) return exitCodeOf(end);
  }
  return 0;
});
