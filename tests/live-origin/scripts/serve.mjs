// The scripted live origin from the command line, for demonstrations:
//   node tests/live-origin/scripts/serve.mjs --port 9000 --container fmp4 --segment 2 --window 10 --variants
import { registerHooks } from 'node:module';
import { parseArgs } from 'node:util';

// The sources name each other as compiled files do; Node runs them as they are.
registerHooks({
  resolve(specifier, context, next) {
    const own = specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.includes('/live-origin/');
    return next(own ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
const { LiveOrigin, SMALL, SMALLER } = await import('../live-origin.ts');

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '9000' },
    container: { type: 'string', default: 'ts' },
    segment: { type: 'string', default: '2' },
    window: { type: 'string', default: '10' },
    variants: { type: 'boolean', default: false },
  },
});
const origin = await LiveOrigin.start({
  port: Number(values.port),
  container: values.container === 'fmp4' ? 'fmp4' : 'ts',
  segmentSeconds: Number(values.segment),
  window: Number(values.window),
  profiles: values.variants ? [SMALL, SMALLER] : [SMALL],
  pace: 1,
});
console.log(`Live at ${origin.url}; Ctrl-C ends it`);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void origin.close());
