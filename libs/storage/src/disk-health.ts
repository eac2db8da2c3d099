import type { DiskHealth } from '@streamvault/api-contract';
import type { DiskStatus, DiskThresholds } from './disk-watch.js';

/** A disk for the health report, with its thresholds. */
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

/** JSON has no infinity for a file system that gives no figures. */
const told = (bytes: number): number | null => (Number.isFinite(bytes) ? Math.round(bytes) : null);
