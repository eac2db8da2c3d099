// `npm run build`: everything that runs, compiled for production.
import { buildConsole, compile, main, onTheRightNode } from './house.mjs';

await main(async () => {
  await onTheRightNode();
  await compile();
  await buildConsole({ force: true });
});
