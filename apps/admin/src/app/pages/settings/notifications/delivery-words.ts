import type { NoticeDelivery } from '@streamvault/api-contract';

const reasons: Readonly<Record<NonNullable<NoticeDelivery['deadBecause']>, string>> = {
  refused: 'the receiver refused it',
  partial: 'only some of the receivers took it',
  'gave-up': 'the receiver did not take it in time',
  expired: 'it was outdated',
  'target-removed': 'the target was removed',
  'target-off': 'the target was turned off',
  digested: 'it was sent together with others',
  superseded: 'it was outdated before it was sent',
};

/** The state of a notice, in one line. */
export function deliveryWords(
  { state, attempts, dueAt, deadBecause, failure }: NoticeDelivery,
  time: (instant: string) => string,
): string {
  const why = failure === null ? '' : ` ${failure.message}`;
  switch (state) {
    case 'pending':
      return dueAt === null ? 'Waiting for its turn' : `Waiting until ${time(dueAt)}`;
    case 'sending':
      return 'Being sent';
    case 'delivered':
      return attempts > 1 ? `Delivered, at attempt ${attempts}` : 'Delivered';
    case 'retry':
      return `Attempt ${attempts} failed${dueAt === null ? '' : `, next at ${time(dueAt)}`}.${why}`;
    case 'dead':
      return `Given up: ${deadBecause === null ? 'the reason is unknown' : reasons[deadBecause]}.${why}`;
    default:
      return state satisfies never;
  }
}
