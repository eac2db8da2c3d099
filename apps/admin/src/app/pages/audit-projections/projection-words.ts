import type { Projection, ProjectionRebuild } from '@streamvault/api-contract';
import { formatSpan } from '../../ui/formats';
import type { Tone } from '../../ui/states';

interface Words {
  readonly label: string;
  readonly tone: Tone;
  readonly detail: string;
}

/** What a state of a projection means for the user. */
export const stateWords: Readonly<Record<Projection['state'], Words>> = {
  live: { label: 'Live', tone: 'ok', detail: 'It shows everything that has happened.' },
  'catching-up': { label: 'Catching up', tone: 'info', detail: 'It is reading newer events.' },
  poisoned: {
    label: 'Stopped by an event',
    tone: 'bad',
    detail: 'It shows what happened before that event, and nothing after it.',
  },
  stopped: { label: 'Stopped', tone: 'warn', detail: 'It shows everything up to where it stopped.' },
  outdated: {
    label: 'Of an earlier version',
    tone: 'warn',
    detail: 'It shows the rows of an earlier version until the new ones are built.',
  },
};

export function tellLag({ lagSeconds }: Pick<Projection, 'lagSeconds'>): string {
  // An event needs up to half a second to get through the server. That is not a delay.
  return lagSeconds < 0.5 ? 'Up to date' : `${formatSpan(lagSeconds)} behind`;
}

export function tellRebuild({ state, progress, remainingSeconds }: ProjectionRebuild): string {
  switch (state) {
    case 'waiting':
      return 'It waits to be rebuilt.';
    case 'swapping':
      return 'The new one is complete and is replacing it.';
    case 'failed':
      return 'It could not be rebuilt. The present one continues.';
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
