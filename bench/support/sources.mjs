// The sources name each other as compiled files do; with this in front, Node runs them as they are.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const own = specifier.startsWith('.') && /\/(bench|live-origin|fake-twitch)\//.test(context.parentURL ?? '');
    return next(own ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
