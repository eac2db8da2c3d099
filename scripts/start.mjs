// `npm start`: builds what is stale, then becomes the server.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildConsole, compile, main, onTheRightNode, replaceWith, root, serverArguments } from './house.mjs';

await main(async () => {
  await onTheRightNode();
  await compile({ quiet: true });
  if (existsSync(join(root, 'angular.json'))) await buildConsole({ quiet: true });
  await replaceWith(process.execPath, serverArguments);
});
