import type { Delivery } from './delivery-decider.js';
import type { Notice } from './notice.js';

/** With this many in a short time, further ones are combined. */
export const mostAtOnce = 20;
export const crowdMilliseconds = 600_000;
const mostLines = 60;

const severities = ['info', 'success', 'warning', 'failure'] as const;

/** Whether it may be kept for later, and combined with others. */
export const canWait = ({ notice, attempts, state, digestOf }: Delivery): boolean =>
  notice.severity !== 'failure' && state === 'pending' && attempts === 0 && digestOf === null;

/** Many notices as one. */
export function digestNotice(deliveries: readonly Delivery[], at: string, zone: string): Notice {
  const time = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const lines = deliveries.map(({ notice }) => `${time.format(new Date(notice.at))} ${notice.title}`);
  const more = lines.length - mostLines;
  const worst = Math.max(...deliveries.map(({ notice }) => severities.indexOf(notice.severity)));
  return {
    kind: 'digest',
    severity: severities[worst] ?? 'info',
    title: `${deliveries.length} notices`,
    text: [...lines.slice(0, mostLines), ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    at,
    streamerId: null,
    streamerName: null,
    show: null,
    recordingId: null,
    videoId: null,
    link: null,
  };
}
