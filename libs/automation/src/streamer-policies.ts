import type { StreamerStreams } from '@streamvault/streamers';
import type { BroadcastPolicies } from './broadcast-policies.js';
import type { BroadcastPolicy, Verdict } from './domain/verdict.js';
import type { RuleStreams } from './rules/rule-streams.js';

const switchedOff: Verdict = {
  decision: 'skip',
  rule: null,
  reason: { code: 'auto-record.off', message: 'Automatic recording is off for this streamer.' },
  judgeAgainAt: null,
};

/** The settings and rules of each streamer for its broadcasts. */
export class StreamerPolicies implements BroadcastPolicies {
  constructor(
    private readonly streamers: Pick<StreamerStreams, 'find'>,
    private readonly rules: Pick<RuleStreams, 'of'>,
  ) {}

  async of(streamerId: number): Promise<BroadcastPolicy | undefined> {
    const [streamer, { set }] = await Promise.all([this.streamers.find(streamerId), this.rules.of(streamerId)]);
    if (!streamer) return undefined;
    const { autoRecord, patienceSeconds, reruns, stopAfterChangeSeconds } = streamer;
    return {
      patienceSeconds,
      stopsOnChangeAfterSeconds: stopAfterChangeSeconds === 'never' ? null : stopAfterChangeSeconds,
      judge: (broadcast, at) => (autoRecord ? set.judge(broadcast, at, reruns) : switchedOff),
    };
  }
}
