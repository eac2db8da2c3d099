import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import { causedByLook } from '../caused-by.js';
import { ReportSighting } from '../commands/report-sighting/report-sighting.command.js';
import type { Sighting } from '../domain/sighting.js';
import type { BroadcastRow } from '../read-models/broadcast-row.entity.js';
import { LiveBoard } from './live-board.js';

/** Helix is sometimes empty while a streamer is live: this many empty answers in a row count. */
const absencesOfHelix = 2;

/** Between the checks and the broadcasts: most checks find what is known already, and nothing is written for them. */
@Injectable()
export class LiveObserver {
  readonly #reported = new Map<number, string>();
  readonly #absences = new Map<number, number>();

  constructor(
    private readonly commands: CommandBus,
    private readonly board: LiveBoard,
  ) {}

  /**
   * @param open the streamer's open broadcast, as far as the read model knows
   * @returns `not-believed` if a streamer is said to be live without a resulting broadcast: the source itself has to be
   * checked
   */
  async saw(
    streamerId: number,
    sighting: Sighting,
    open: Pick<BroadcastRow, 'state' | 'context'> | undefined,
  ): Promise<'known' | 'reported' | 'not-believed'> {
    this.board.set(streamerId, sighting.word);
    return sighting.word === 'live' ? this.#live(streamerId, sighting, open) : this.#gone(streamerId, sighting, open);
  }

  async #live(
    streamerId: number,
    sighting: Sighting,
    open: Pick<BroadcastRow, 'state' | 'context'> | undefined,
  ): Promise<'known' | 'reported' | 'not-believed'> {
    this.#absences.delete(streamerId);
    const { witness, platformId, details } = sighting;
    const key = JSON.stringify([witness, platformId, details]);
    const isKnown =
      open?.state === 'live' && open.context.seenBy.includes(witness) && this.#reported.get(streamerId) === key;
    if (isKnown) return 'known';
    const told = await this.#report(streamerId, sighting);
    this.#reported.set(streamerId, key);
    return told === undefined || told.state?.value === 'live' ? 'reported' : 'not-believed';
  }

  async #gone(
    streamerId: number,
    sighting: Sighting,
    open: Pick<BroadcastRow, 'state' | 'context'> | undefined,
  ): Promise<'known' | 'reported'> {
    this.#reported.delete(streamerId);
    if (!open) return 'known';
    if (sighting.word === 'offline' && sighting.witness === 'helix' && open.state === 'live') {
      const absences = (this.#absences.get(streamerId) ?? 0) + 1;
      this.#absences.set(streamerId, absences);
      if (absences < absencesOfHelix) return 'known';
    }
    await this.#report(streamerId, sighting);
    return 'reported';
  }

  #report(streamerId: number, sighting: Sighting) {
    return this.commands.execute(new ReportSighting(streamerId, sighting, causedByLook(randomUUID())));
  }
}
