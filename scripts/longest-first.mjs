// The order of Jest's test files: what takes long begins first, so that at the end of a stage no core is idle while one
// long file is left. Jest itself knows how long a file took only where it ran before, which is not so in a fresh clone.
import { statSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { root } from './house.mjs';

/** Seconds on a busy machine with two cores, by file; shorter ones are in order of their size. */
const seconds = {
  'tests/e2e/disk-full.spec.ts': 125,
  'tests/e2e/survive-being-killed.spec.ts': 115,
  'tests/postgres/outage.spec.ts': 110,
  'tests/e2e/other-sources.spec.ts': 105,
  'tests/e2e/kurrentdb.spec.ts': 100,
  'tests/capture/ffmpeg-dash.int.spec.ts': 95,
  'tests/postgres/rebuild-beside.spec.ts': 85,
  'tests/chaos/chaos.spec.ts': 80,
  'tests/e2e/records-by-itself-through-trouble.spec.ts': 72,
  'tests/e2e/record-a-live-stream.spec.ts': 68,
  'tests/e2e/records-by-itself.spec.ts': 66,
  'tests/e2e/disk-gone.spec.ts': 66,
  'tests/e2e/purge-that-is-killed.spec.ts': 65,
  'tests/e2e/refusals-at-start.spec.ts': 60,
  'tests/capture/faults/changes.int.spec.ts': 58,
  'tests/capture/ffmpeg-engine.int.spec.ts': 54,
  'tests/capture/hls-capture-engine.int.spec.ts': 48,
  'tests/capture/packed-audio.int.spec.ts': 45,
  'tests/e2e/tell-the-truth.spec.ts': 43,
  'tests/e2e/disk-of-the-log.spec.ts': 42,
  'tests/capture/faults/nine-faults.int.spec.ts': 42,
  'tests/capture/ffmpeg-rtsp.int.spec.ts': 42,
  'tests/capture/faults/bodies.int.spec.ts': 40,
  'tests/capture/ads.int.spec.ts': 40,
  'tests/capture/timestamps.int.spec.ts': 38,
  'tests/e2e/picture-and-sound-apart.spec.ts': 37,
  'tests/e2e/live-feed.spec.ts': 36,
  'tests/e2e/sources-that-are-none.spec.ts': 36,
  'tests/e2e/twitch.spec.ts': 34,
  'tests/e2e/rebuild-beside-the-live-ones.spec.ts': 32,
  'tests/capture/odd-sources-sound.int.spec.ts': 31,
  'tests/capture/faults/numbers.int.spec.ts': 31,
  'tests/capture/faults/connections.int.spec.ts': 28,
  'libs/media/src/finalize.int.spec.ts': 76,
  'libs/demo/src/demo-channel.int.spec.ts': 51,
  'libs/event-store/src/kurrentdb/kurrentdb-event-store.int.spec.ts': 44,
  'libs/media/src/packed-audio/packed-audio.int.spec.ts': 25,
  'apps/cli/src/commands/log/copy.int.spec.ts': 25,
  'apps/cli/src/cli.int.spec.ts': 25,
  'libs/media/src/finishing.int.spec.ts': 24,
  'libs/event-store/src/kurrentdb/server-outage.int.spec.ts': 22,
  'libs/media/src/thumbnail.int.spec.ts': 21,
  'apps/cli/src/commands/users.int.spec.ts': 19,
  'apps/server/src/runtime/hung-postgres.int.spec.ts': 18,
  'libs/kernel/src/projections/projection-runner.int.spec.ts': 15,
  'tests/browser/accessibility.spec.ts': 60,
  'tests/browser/audit.spec.ts': 50,
};

const bytesPerSecond = 2000;

function expected({ path }) {
  const name = relative(root, path).split(sep).join('/');
  return seconds[name] ?? Math.min(statSync(path).size / bytesPerSecond, 15);
}

export default class LongestFirst {
  sort(tests) {
    const times = new Map(tests.map((test) => [test, expected(test)]));
    return [...tests].sort((one, other) => times.get(other) - times.get(one));
  }

  cacheResults() {}
}
