import type { CleanupPolicy, CleanupSettings, StreamerCleanup } from '@streamvault/api-contract';

/** Which policy applies to a streamer's videos, as `plan` chooses it. */
export function cleanupOf(streamerId: number, { policies }: CleanupSettings): StreamerCleanup {
  const find = (fits: (scope: CleanupPolicy['scope']) => boolean) => policies.find(({ scope }) => fits(scope)) ?? null;
  const own = find((scope) => scope.kind === 'streamer' && scope.streamerId === streamerId);
  const forAll = find((scope) => scope.kind === 'all');
  const categories = policies.flatMap(({ enabled, scope }) =>
    enabled && scope.kind === 'category' ? [scope.category] : [],
  );
  if (own?.enabled) return { origin: 'streamer', policy: own, own, forAll, categories };
  if (forAll?.enabled) return { origin: 'all', policy: forAll, own, forAll, categories };
  return { origin: 'none', policy: null, own, forAll, categories };
}
