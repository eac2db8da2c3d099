// `npm run streamvault -- <command>`: builds what is stale, then becomes the command line.
import { commandLine, compile, main, onTheRightNode, replaceWith } from './house.mjs';

await main(async () => {
  await onTheRightNode();
  await compile({ quiet: true });
  await replaceWith(process.execPath, [commandLine, ...process.argv.slice(2)]);
});
