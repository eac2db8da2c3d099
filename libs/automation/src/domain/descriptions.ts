import type { BroadcastContext } from './broadcast-context.js';
import type { BroadcastEvent } from './broadcast-events.js';
import { secondsBetween } from './patience.js';
import type { BroadcastDetails, Witness } from './sighting.js';

/** Helix answers from a cache: after a notice it may give the previous title for this long. */
const helixLagSeconds = 300;

const isOlder = ({ detailsBy }: BroadcastContext, witness: Witness, at: string): boolean => {
  if (detailsBy === null) return false;
  const seconds = secondsBetween(detailsBy.at, at);
  return seconds < 0 || (witness === 'helix' && detailsBy.witness === 'eventsub' && seconds < helixLagSeconds);
};

/** What is not given stays as it was; what may be older than what is known only fills gaps. */
export function describe(
  context: BroadcastContext,
  told: BroadcastDetails,
  witness: Witness,
  at: string,
): readonly BroadcastEvent[] {
  const { details } = context;
  const [first, second] = isOlder(context, witness, at) ? [details, told] : [told, details];
  const title = first.title ?? second.title;
  const category = first.category ?? second.category;
  const tags = first.tags ?? second.tags;
  const isSame =
    title === details.title && category === details.category && JSON.stringify(tags) === JSON.stringify(details.tags);
  return isSame
    ? []
    : [{ type: 'BroadcastTitleChanged', data: { at, witness, title, category, tags: tags && [...tags] } }];
}
