import { signal } from '@angular/core';
import { type Attachment, attachFile, type AttachmentReports, attachPlaylist } from './attach';
import { handOver } from './hand-over';
import { type Stretch, secondsAtInstant } from './wall-clock';

export type Deck = 'a' | 'b';
const other = (deck: Deck): Deck => (deck === 'a' ? 'b' : 'a');

export interface PlayerTrouble {
  readonly message: string;
  /** It is tried again without being asked. */
  readonly again: boolean;
  /** The browser cannot play it at all: another program may. */
  readonly isForeign: boolean;
}

export interface DeckWishes {
  readonly media: (deck: Deck) => HTMLVideoElement;
  /** A source was opened, from its beginning. */
  readonly opened: (media: HTMLVideoElement) => void;
  /** Another element is on the screen. */
  readonly changed: (deck: Deck) => void;
  /** Where the wall clock lies in the file; empty where nobody knows. */
  readonly timeline: () => Promise<readonly Stretch[]>;
  /** Audio alone is not all of it. */
  readonly expectsPicture: () => boolean;
}

/**
 * Two media elements, one of them on the screen. When a file appears while the playlist is being watched, the other one gets it ready and
 * takes over at the same picture.
 */
export class Decks {
  readonly active = signal<Deck>('a');
  readonly source = signal<'none' | 'playlist' | 'file'>('none');
  readonly trouble = signal<PlayerTrouble | undefined>(undefined);
  readonly #wishes: DeckWishes;
  readonly #attachments = new Map<Deck, Attachment>();
  #handingOver: AbortController | undefined;
  #showing: string | undefined;

  constructor(wishes: DeckWishes) {
    this.#wishes = wishes;
  }

  get media(): HTMLVideoElement {
    return this.#wishes.media(this.active());
  }
  get attachment(): Attachment | undefined {
    return this.#attachments.get(this.active());
  }

  show(file: string | null, playlist: string | null): void {
    const wanted = file ?? playlist;
    if (wanted === null || wanted === this.#showing) return;
    const isFirst = this.#showing === undefined;
    this.#showing = wanted;
    if (file !== null && !isFirst && this.source() === 'playlist') void this.#replaceWith(file);
    else void this.#open(wanted, file === null);
  }

  close(): void {
    this.#handingOver?.abort();
    for (const attachment of this.#attachments.values()) attachment.detach();
  }

  #reports(deck: Deck): AttachmentReports {
    return {
      trouble: (message, { again = false, isForeign = false }) => {
        if (deck === this.active()) this.trouble.set({ message, again, isForeign });
      },
      recovered: () => {
        if (deck === this.active() && this.trouble() !== undefined) this.trouble.set(undefined);
      },
    };
  }

  async #open(url: string, isPlaylist: boolean): Promise<void> {
    const deck = this.active();
    const media = this.#wishes.media(deck);
    this.#attachments.get(deck)?.detach();
    this.#attachments.delete(deck);
    this.trouble.set(undefined);
    this.source.set(isPlaylist ? 'playlist' : 'file');
    const attachment = isPlaylist
      ? await attachPlaylist(media, url, this.#reports(deck), () => this.#showing === url)
      : attachFile(media, url, this.#reports(deck), this.#wishes.expectsPicture());
    if (!attachment) return;
    this.#attachments.set(deck, attachment);
    this.#wishes.opened(media);
  }

  async #replaceWith(file: string): Promise<void> {
    this.#handingOver?.abort();
    const handingOver = new AbortController();
    this.#handingOver = handingOver;
    const before = this.active();
    const next = other(before);
    const [from, to] = [this.#wishes.media(before), this.#wishes.media(next)];
    const playing = this.#attachments.get(before);
    // Without it, both are taken to be of the same time.
    const timeline = await this.#wishes.timeline().catch(() => []);
    if (handingOver.signal.aborted) return;
    /** The two differ where parts of the playlist did not go into the file, or not with their whole length. */
    const placeInFile = (seconds: number): number => {
      const moment = playing?.wallClock()?.getTime();
      if (moment === undefined) return seconds;
      return secondsAtInstant(timeline, moment + (seconds - from.currentTime) * 1000) ?? seconds;
    };
    const attachment = attachFile(to, file, this.#reports(next), this.#wishes.expectsPicture());
    if (!(await handOver(from, to, { signal: handingOver.signal, placeInFile }))) {
      attachment.detach();
      return;
    }
    this.#attachments.set(next, attachment);
    this.active.set(next);
    this.source.set('file');
    this.trouble.set(undefined);
    from.pause();
    this.#attachments.get(before)?.detach();
    this.#attachments.delete(before);
    this.#wishes.changed(next);
  }
}
