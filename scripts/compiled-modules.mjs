// Preloaded by Jest's processes (`--import`). For each test file Jest compiles all modules again, a third of the time of
// a small one. Here a process keeps what V8 made of a module, and later files begin with it.
import vm from 'node:vm';

const { SourceTextModule } = vm;
const known = new Map();

function compiled(source, options) {
  const before = known.get(options.identifier);
  if (before?.source === source) {
    try {
      return new SourceTextModule(source, { ...options, cachedData: before.cachedData });
    } catch (error) {
      // A test may have changed V8's flags; what was made under others is refused.
      if (error.code !== 'ERR_VM_MODULE_CACHED_DATA_REJECTED') throw error;
    }
  }
  const module = new SourceTextModule(source, options);
  // Only possible until it is evaluated.
  known.set(options.identifier, { source, cachedData: module.createCachedData() });
  return module;
}

if (SourceTextModule !== undefined)
  vm.SourceTextModule = new Proxy(SourceTextModule, {
    construct: (_, [source, options]) => compiled(source, options),
  });
