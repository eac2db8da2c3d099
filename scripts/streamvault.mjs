// `npm run streamvault -- <command>`: builds what is stale, then becomes the command line.
import { join } from 'node:path';
import { compile, main, onTheRightNode, replaceWith, root } from './house.mjs';

await main(async () => {
  await onTheRightNode();
  await compile({ quiet: true });
  await replaceWith(process.execPath, [join(root, 'apps', 'cli', 'dist', 'main.js'), ...process.argv.slice(2)]);
});
