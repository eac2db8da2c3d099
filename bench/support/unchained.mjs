// In front of every thread of the benchmark of the hash chain: where it is told to, a chain that makes nothing, so that nothing is
// hashed and nothing stored for it. NULL is a byte that the row has anyway.
import { isMainThread } from 'node:worker_threads';

if (!isMainThread && process.env.WITHOUT_HASH_CHAIN === 'true') {
  const { HashChain } = await import('@streamvault/event-store');
  Object.assign(HashChain.prototype, { add: () => null });
}
