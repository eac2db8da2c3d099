import type { SourceProbe } from '@streamvault/api-contract';
import { platformLabel } from './platforms';

const states: Readonly<Record<SourceProbe['word'], string>> = {
  live: 'live now',
  offline: 'offline now',
  unknown: 'it is unknown whether it is live',
};

/** `Twitch channel “ada”, live now.` */
export function probeWords({ platform, name, word, problem, streamerId }: SourceProbe): string {
  const known = streamerId === null ? '' : ' It has been added already.';
  const why = problem === null ? '' : ` ${problem.message}`;
  return `${platformLabel(platform)} “${name}”, ${states[word]}.${why}${known}`;
}
