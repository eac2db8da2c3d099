import { expect, it } from '@jest/globals';
import { inWorld } from './support/world.js';

it(
  'an idle server keeps no room for garbage that it does not make',
  inWorld(async (world) => {
    const server = await world.server();
    const metrics = (await server.api.request('GET', '/metrics')).bytes.toString();
    const youngBytes = Number(/^nodejs_heap_space_size_total_bytes\{space="new"\} (\d+)$/m.exec(metrics)?.[1]);
    // V8 would have grown it to 32 or 64 MiB while the modules were loaded.
    expect(youngBytes).toBeLessThanOrEqual(2 * 2 ** 20);
  }),
);
