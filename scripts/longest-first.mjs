// The order of the tests where nobody has measured them yet: what takes long comes first, so that at the end no worker waits for
// one that began late. Jest goes by the size of the files then, which says little of those that wait for a live source.
import Sequencer from '@jest/test-sequencer';

const long = [
  'tests/e2e/survive-being-killed.spec.ts',
  'tests/e2e/disk-full.spec.ts',
  'tests/postgres/outage.spec.ts',
  'tests/capture/ffmpeg-dash.int.spec.ts',
  'tests/e2e/other-sources.spec.ts',
  'tests/e2e/disk-gone.spec.ts',
  'tests/chaos/chaos.spec.ts',
  'tests/capture/faults/numbers.int.spec.ts',
  'tests/capture/faults/changes.int.spec.ts',
  'tests/capture/faults/bodies.int.spec.ts',
  'tests/capture/ads.int.spec.ts',
  'libs/event-store/src/kurrentdb/kurrentdb-event-store.int.spec.ts',
  'apps/server/src/demo/demo-channel.int.spec.ts',
  'libs/media/src/finalize.int.spec.ts',
  'apps/cli/src/commands/log/copy.int.spec.ts',
];

const placeOf = ({ path }) => {
  const place = long.findIndex((file) => path.endsWith(file));
  return place < 0 ? long.length : place;
};

export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}
