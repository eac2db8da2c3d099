// Preloaded by tests (`--import`), and so in every thread that they start: Node runs our sources as they are. It strips
// types itself, but looks for the `.js` file that an import names.
import { existsSync } from 'node:fs';
import { enableCompileCache, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

// Every store that a test opens has a thread, which runs them too.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/typescript-sources', import.meta.url)));

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(fileURLToPath(source))) return nextResolve(source.href, context);
    }
    return nextResolve(specifier, context);
  },
});
