import type { DiskHealth } from '@streamvault/api-contract';
import { formatBytes, formatForecast } from '../ui/formats';

/** What is wrong with a disk, as the shell says it; undefined if nothing is. */
export interface DiskTrouble {
  readonly name: string;
  readonly status: 'warn' | 'down';
  readonly label: string;
  readonly detail: string;
}

const amount = (bytes: number | null): string => (bytes === null ? 'an unknown amount' : formatBytes(bytes));

/** `full in 3 h 20 min at this rate`; null where nothing is written. */
export const forecastOf = ({ secondsToFull }: Pick<DiskHealth, 'secondsToFull'>): string | null =>
  secondsToFull === null ? null : `full in ${formatForecast(secondsToFull)} at this rate`;

export function diskTrouble(disk: DiskHealth): DiskTrouble[] {
  const { level, path, freeBytes, refuseBelowBytes } = disk;
  if (level === 'ok') return [];
  const folders = disk.folders.join(' and ');
  const name = `disk-${path}`;
  if (level === 'gone')
    return [
      {
        name,
        status: 'down',
        label: 'A disk is gone:',
        detail: `${folders} (${path}). Mount it again; recordings then continue by themselves.`,
      },
    ];
  const forecast = forecastOf(disk);
  const room = `${amount(freeBytes)} are free for ${folders}${forecast === null ? '' : `, ${forecast}`}.`;
  const consequences = {
    warn: `Below ${amount(refuseBelowBytes)} no new recording is begun. Free some space soon.`,
    refuse: `No new recording is begun until there are ${amount(refuseBelowBytes)} again. Free some space, or move RECORDINGS_DIR.`,
    stop: 'Running recordings are being stopped, the newest first; what they have is kept. Free some space now.',
  } as const;
  const label = level === 'warn' ? 'The disk fills up:' : 'The disk is nearly full:';
  return [{ name, status: level === 'warn' ? 'warn' : 'down', label, detail: `${room} ${consequences[level]}` }];
}
