import { Injectable } from '@nestjs/common';
import type { VideoCut } from '@streamvault/api-contract';
import { WorkQueue } from '@streamvault/jobs';

/** Of each video; the oldest that ended go first. */
const mostRemembered = 20;
/** Under which the queue knows the cuts of a video. */
export const cutGroup = (videoId: number): string => `cut of ${videoId}`;

interface Noted {
  readonly cut: Omit<VideoCut, 'state' | 'progress' | 'secondsLeft'>;
  /** Under which name the queue knows it. */
  readonly work: string;
}

/**
 * The cuts that this process was asked for: those that wait or run, and how the last ones ended. The answer to a request
 * may be lost, because a proxy gave up or a page was closed; its cut goes on.
 */
@Injectable()
export class CutBoard {
  readonly #noted = new Map<number, Noted[]>();
  #lastId = 0;

  constructor(private readonly queue: WorkQueue) {}

  begin(
    about: Pick<VideoCut, 'fromSeconds' | 'toSeconds' | 'exact' | 'title' | 'requestedAt'>,
    source: number,
    work: string,
  ): number {
    this.#lastId += 1;
    const cut = { id: this.#lastId, ...about, videoId: null, failure: null };
    const all = [...(this.#noted.get(source) ?? []), { cut, work }];
    const ended = all.filter((noted) => isOver(noted));
    const forgotten = new Set(ended.slice(0, Math.max(0, all.length - mostRemembered)));
    this.#noted.set(
      source,
      all.filter((noted) => !forgotten.has(noted)),
    );
    return cut.id;
  }

  end(source: number, id: number, how: { readonly videoId: number } | { readonly failure: VideoCut['failure'] }): void {
    const noted = this.#noted.get(source) ?? [];
    this.#noted.set(
      source,
      noted.map((each) => (each.cut.id === id ? { ...each, cut: { ...each.cut, ...how } } : each)),
    );
  }

  /** The newest first. */
  of(source: number): VideoCut[] {
    return (this.#noted.get(source) ?? []).map((noted) => this.#shown(noted, source)).toReversed();
  }

  /** Names of files that are being written, and which the folder may not show yet. */
  isWriting(work: string): boolean {
    return [...this.#noted.values()].some((all) => all.some((noted) => noted.work === work && !isOver(noted)));
  }

  #shown(noted: Noted, source: number): VideoCut {
    const { cut, work } = noted;
    if (isOver(noted))
      return { ...cut, state: cut.videoId === null ? 'failed' : 'done', progress: null, secondsLeft: null };
    const { state = 'running', share = null, secondsLeft = null } = this.queue.find(cutGroup(source), work) ?? {};
    return { ...cut, state, progress: share, secondsLeft };
  }
}

const isOver = ({ cut }: Noted): boolean => cut.videoId !== null || cut.failure !== null;
