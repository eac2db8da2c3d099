import type { DiskHealth } from '@streamvault/api-contract';
import type { DiskStatus, DiskThresholds } from './disk-watch.js';

/** A disk as the health report tells it, with what happens at how much. */
export function diskHealth(status: DiskStatus, thresholds: DiskThresholds): DiskHealth {
  const { folders, path, level, freeBytes, totalBytes, bytesPerSecond, secondsToFull } = status;
  const isKnown = level !== 'gone';
  const below = (name: keyof DiskThresholds) => (isKnown ? told(thresholds[name].bytesOf(totalBytes)) : null);
  return {
    folders: folders.split(', '),
    path,
    level,
    freeBytes: isKnown ? told(freeBytes) : null,
    totalBytes: isKnown ? told(totalBytes) : null,
    bytesPerSecond,
    secondsToFull: secondsToFull ?? null,
    warnBelowBytes: below('warn'),
    refuseBelowBytes: below('refuse'),
    stopBelowBytes: below('stop'),
  };
}

/** JSON has no word for the endless room of a file system that says nothing. */
const told = (bytes: number): number | null => (Number.isFinite(bytes) ? Math.round(bytes) : null);
