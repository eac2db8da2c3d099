import type { Projection, ProjectionRebuild } from '@streamvault/api-contract';
import { formatSpan } from '../../ui/formats';
import type { Tone } from '../../ui/states';

interface Words {
  readonly label: string;
  readonly tone: Tone;
  readonly detail: string;
}

/** What a state of a projection means to whoever looks at the console. */
export const stateWords: Readonly<Record<Projection['state'], Words>> = {
  live: { label: 'Live', tone: 'ok', detail: 'It shows everything that has happened.' },
  'catching-up': { label: 'Catching up', tone: 'info', detail: 'It is reading what it has not shown yet.' },
  poisoned: {
    label: 'Stopped by an event',
    tone: 'bad',
    detail: 'It shows what happened before that event, and nothing after it.',
  },
  stopped: { label: 'Stopped', tone: 'warn', detail: 'It shows what it had read when it stopped.' },
  outdated: {
    label: 'Of an earlier version',
    tone: 'warn',
    detail: 'It shows the rows of an earlier version until those of this one are built.',
  },
};

export function tellLag({ lagSeconds }: Pick<Projection, 'lagSeconds'>): string {
  // Half a second is the way of an event through the house, not a delay.
  return lagSeconds < 0.5 ? 'Up to date' : `${formatSpan(lagSeconds)} behind`;
}

export function tellRebuild({ state, progress, remainingSeconds }: ProjectionRebuild): string {
  switch (state) {
    case 'waiting':
      return 'It waits to be rebuilt.';
    case 'swapping':
      return 'The new one is complete and takes its place.';
    case 'failed':
      return 'It could not be rebuilt. The one that is shown continues as it was.';
    case 'building':
    default: {
      const share = progress === null ? '' : ` ${Math.floor(progress * 100)} %`;
      const rest = remainingSeconds === null ? '' : `, about ${formatSpan(Math.ceil(remainingSeconds))} to go`;
      return `Building the new one beside it${share}${rest}.`;
    }
  }
}

export const isUnderWay = ({ rebuild }: Pick<Projection, 'rebuild'>): boolean =>
  rebuild !== null && rebuild.state !== 'failed';
