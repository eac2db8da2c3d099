import type { RuleTest } from '@streamvault/api-contract';
import type { Verdict } from '../domain/verdict.js';
import type { BroadcastRow } from '../read-models/broadcast-row.entity.js';
import type { RuleSet } from '../rules/rule-set.js';

type Tested = RuleTest['items'][number];

/**
 * What rules would have decided for a broadcast, by its titles in order: the first yes counts, else the last answer.
 */
export function testRules(set: RuleSet, { id, context }: BroadcastRow, reruns: boolean): Tested {
  const { details, kind, titles, startedAt, recordingId } = context;
  const last = { at: startedAt, title: details.title, category: details.category };
  const verdicts = (titles.length === 0 ? [last] : titles).map(({ at, title, category }) => {
    const instant = new Date(at).toISOString();
    return set.judge({ title, category, tags: details.tags, kind }, instant, reruns);
  });
  const verdict = verdicts.find(({ decision }) => decision === 'record') ?? verdicts.at(-1);
  return {
    broadcastId: id,
    startedAt: new Date(startedAt).toISOString(),
    title: details.title,
    category: details.category,
    decision: decisionOf(verdict),
    rule: verdict?.rule ?? null,
    reason: verdict?.reason ?? { code: 'broadcast.undecided', message: 'Nothing is known of it.' },
    wasRecorded: recordingId !== null,
  };
}

const decisionOf = (verdict: Verdict | undefined): Tested['decision'] =>
  verdict === undefined || verdict.decision === 'undecided' ? 'provisional' : verdict.decision;
