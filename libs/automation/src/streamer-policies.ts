import type { StreamerStreams } from '@streamvault/streamers';
import type { BroadcastPolicies } from './broadcast-policies.js';
import type { BroadcastPolicy, JudgedBroadcast, Verdict } from './domain/verdict.js';

/** How long a streamer may be away before a broadcast is over. */
const patienceSeconds = 720;

const bySetting = (decision: Verdict['decision'], code: string, message: string): Verdict => ({
  decision,
  rule: null,
  reason: { code, message },
  judgeAgainAt: null,
});

/** Broadcasts are treated as the settings of their streamer say. */
export class StreamerPolicies implements BroadcastPolicies {
  constructor(private readonly streamers: Pick<StreamerStreams, 'find'>) {}

  async of(streamerId: number): Promise<BroadcastPolicy | undefined> {
    const streamer = await this.streamers.find(streamerId);
    if (!streamer) return undefined;
    const judge = ({ kind }: JudgedBroadcast): Verdict => {
      if (!streamer.autoRecord)
        return bySetting('skip', 'auto-record.off', 'Automatic recording is off for this streamer.');
      if (kind !== 'live' && kind !== '')
        return bySetting('skip', 'kind.not-live', 'It is a rerun or premiere, and not live.');
      return bySetting('record', 'auto-record.on', 'Automatic recording is on.');
    };
    return { patienceSeconds, stopsOnChangeAfterSeconds: null, judge };
  }
}
