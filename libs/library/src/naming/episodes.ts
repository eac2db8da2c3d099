import { Claims, type CommandMetadata, deterministicId } from '@streamvault/kernel';
import { Injectable } from '@nestjs/common';
import { localParts } from './local-time.js';

/** What an episode number belongs to: a recording, or a video that was not recorded here. */
export interface EpisodeOwner {
  readonly recordingId: number | null;
  readonly videoId: number | null;
  readonly streamerId: number;
  readonly recordedAt: string;
}

const CLAIM = 'episode';
/** A day with more broadcasts of one streamer has several files under one number; the rest of their names differs. */
const MOST_OF_A_DAY = 99;

/**
 * Which broadcast of its day it is, from 1. What was given once stays: a media server knows what somebody has watched by it. An older
 * broadcast that comes later gets the next number of its day and moves no other.
 */
@Injectable()
export class Episodes {
  constructor(private readonly claims: Claims) {}

  /** Takes a number where it has none. */
  async take(owner: EpisodeOwner, zone: string): Promise<number> {
    for (let number = 1; number < MOST_OF_A_DAY; number += 1) {
      const key = keyOf(owner, zone, number);
      const id = ownerOf(owner);
      const holder = await this.claims.owner(CLAIM, key);
      if (holder?.owner === id) return number;
      if (holder) continue;
      const metadata = metadataOf(key, id);
      const isHeld = () => Promise.resolve(true);
      const answer = await this.claims.claim({ category: CLAIM, key, owner: id, metadata, isHeld });
      if (answer.granted) return number;
    }
    return MOST_OF_A_DAY;
  }

  /** Takes this very number again, where it is still free. */
  async keep(owner: EpisodeOwner, zone: string, number: number): Promise<void> {
    const key = keyOf(owner, zone, number);
    const id = ownerOf(owner);
    const isHeld = () => Promise.resolve(true);
    await this.claims.claim({ category: CLAIM, key, owner: id, metadata: metadataOf(key, id), isHeld });
  }

  /**
   * The number that it has or would get, without taking it.
   *
   * @param planned what earlier calls would have taken; added to
   */
  async foresee(owner: EpisodeOwner, zone: string, planned: Set<string>): Promise<number> {
    for (let number = 1; number < MOST_OF_A_DAY; number += 1) {
      const key = keyOf(owner, zone, number);
      const holder = await this.claims.owner(CLAIM, key);
      if (holder ? holder.owner !== ownerOf(owner) : planned.has(key)) continue;
      planned.add(key);
      return number;
    }
    return MOST_OF_A_DAY;
  }
}

function keyOf({ streamerId, recordedAt }: EpisodeOwner, zone: string, number: number): string {
  const { year, month, day } = localParts(recordedAt, zone);
  return `${streamerId}.${year}${month}${day}.${number}`;
}

/** One row of numbers for both: recordings count up from 1, other videos down from -1. */
const ownerOf = ({ recordingId, videoId }: EpisodeOwner): number => recordingId ?? -(videoId ?? 0);

/** The same owner and number are the same command, however often it is tried. */
function metadataOf(key: string, owner: number): CommandMetadata {
  const id = deterministicId(CLAIM, key, owner);
  return { commandId: id, correlationId: id, causationId: id, actor: 'library', now: new Date().toISOString() };
}
