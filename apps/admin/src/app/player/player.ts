import {
  Component,
  DestroyRef,
  type ElementRef,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { formatDuration, spokenDuration } from '../ui/formats';
import { Icon } from '../ui/icon';
import { type Attachment, type AttachmentReports, attachFile, attachPlaylist } from './attach';
import { handOver } from './hand-over';

type Deck = 'a' | 'b';
const other = (deck: Deck): Deck => (deck === 'a' ? 'b' : 'a');

const jumpSeconds = 10;
/** Nearer to the live picture than this counts as being there: a segment or two. */
const liveToleranceSeconds = 8;
const idleMilliseconds = 2800;
const speeds = [0.5, 1, 1.25, 1.5, 2] as const;

export interface PlayerPosition {
  /** Media time. */
  readonly seconds: number;
  /** The moment of the broadcast, where the source says it. */
  readonly moment: Date | null;
}

/**
 * Plays a recording: its growing playlist, its file, or first the one and then the other. When a file appears while the
 * playlist is being watched, a second media element gets it ready and takes over at the same media time.
 */
@Component({
  selector: 'sv-player',
  imports: [Icon],
  templateUrl: './player.html',
  styleUrl: './player.scss',
})
export class Player {
  readonly label = input.required<string>();
  readonly playlist = input<string | null>(null);
  /** Preferred over the playlist as soon as it is there. */
  readonly file = input<string | null>(null);
  readonly poster = input<string | null>(null);
  /** What is on the screen, for a timeline beside the player. */
  readonly position = output<PlayerPosition>();

  protected readonly stage = viewChild.required<ElementRef<HTMLElement>>('stage');
  protected readonly a = viewChild.required<ElementRef<HTMLVideoElement>>('a');
  protected readonly b = viewChild.required<ElementRef<HTMLVideoElement>>('b');
  readonly #attachments = new Map<Deck, Attachment>();
  #handingOver: AbortController | undefined;
  #showing: string | undefined;

  protected readonly active = signal<Deck>('a');
  protected readonly source = signal<'none' | 'playlist' | 'file'>('none');
  protected readonly paused = signal(true);
  protected readonly hasStarted = signal(false);
  protected readonly waiting = signal(false);
  protected readonly time = signal(0);
  protected readonly end = signal(0);
  protected readonly buffered = signal(0);
  protected readonly livePoint = signal<number | null>(null);
  protected readonly muted = signal(false);
  protected readonly volume = signal(1);
  protected readonly speed = signal<number>(1);
  protected readonly isFullscreen = signal(false);
  protected readonly isIdle = signal(false);
  protected readonly trouble = signal<{ message: string; again: boolean } | undefined>(undefined);

  protected readonly isGrowing = computed(() => this.livePoint() !== null);
  protected readonly isAtLive = computed(() => {
    const live = this.livePoint();
    return live !== null && this.time() >= live - liveToleranceSeconds;
  });
  protected readonly behind = computed(() => {
    const live = this.livePoint();
    return live === null ? null : Math.max(0, live - this.time());
  });
  protected readonly timeText = computed(() => `${formatDuration(this.time())} / ${formatDuration(this.end())}`);
  protected readonly spokenTime = computed(() => `${spokenDuration(this.time())} of ${spokenDuration(this.end())}`);
  protected readonly behindText = computed(() => formatDuration(this.behind() ?? 0));
  protected readonly played = computed(() => percent(this.time(), this.end()));
  protected readonly loaded = computed(() => percent(this.buffered(), this.end()));

  constructor() {
    effect(() => {
      const file = this.file();
      const playlist = this.playlist();
      untracked(() => this.#show(file, playlist));
    });
    let idleTimer: ReturnType<typeof setTimeout> | undefined;
    const awake = (): void => {
      this.isIdle.set(false);
      clearTimeout(idleTimer);
      idleTimer = setTimeout(() => this.isIdle.set(true), idleMilliseconds);
    };
    effect((onCleanup) => {
      if (!this.isFullscreen()) return;
      awake();
      const names = ['pointermove', 'pointerdown', 'keydown'] as const;
      for (const name of names) document.addEventListener(name, awake);
      onCleanup(() => {
        for (const name of names) document.removeEventListener(name, awake);
        clearTimeout(idleTimer);
        this.isIdle.set(false);
      });
    });
    const fullscreenChanged = (): void => {
      this.isFullscreen.set(document.fullscreenElement === this.stage().nativeElement);
    };
    document.addEventListener('fullscreenchange', fullscreenChanged);
    inject(DestroyRef).onDestroy(() => {
      document.removeEventListener('fullscreenchange', fullscreenChanged);
      this.#handingOver?.abort();
      for (const attachment of this.#attachments.values()) attachment.detach();
    });
  }

  /** Jumps to a media time, from outside: a chapter, a part. */
  seek(seconds: number): void {
    this.#media().currentTime = Math.min(Math.max(0, seconds), this.end());
    this.refresh(this.active());
  }

  async play(): Promise<void> {
    this.hasStarted.set(true);
    const media = this.#media();
    // A file whose connection broke is opened again at the same place.
    if (media.error !== null) {
      const at = this.time();
      media.load();
      media.currentTime = at;
      this.trouble.set(undefined);
    }
    try {
      await media.play();
    } catch {
      // Paused again before it began, or refused by the browser's policy: the button shows that it is paused.
      this.refresh(this.active());
    }
  }

  protected toggle(): void {
    if (this.#media().paused) void this.play();
    else this.#media().pause();
  }

  protected jump(seconds: number): void {
    this.seek(this.#media().currentTime + seconds);
  }

  protected goLive(): void {
    this.seek(this.livePoint() ?? this.end());
    void this.play();
  }

  protected setVolume(volume: number): void {
    this.#media().volume = volume;
    this.#media().muted = volume === 0;
  }

  protected toggleMuted(): void {
    this.#media().muted = !this.#media().muted;
  }

  protected nextSpeed(): void {
    const next = speeds[(speeds.findIndex((speed) => speed === this.speed()) + 1) % speeds.length] ?? 1;
    this.speed.set(next);
    this.#media().playbackRate = next;
  }

  protected async toggleFullscreen(): Promise<void> {
    try {
      if (document.fullscreenElement === null) await this.stage().nativeElement.requestFullscreen();
      else await document.exitFullscreen();
    } catch {
      // The browser forbids it here (an embedded page, an iPhone); the picture stays as large as it is.
    }
  }

  protected key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onControl = event.target instanceof HTMLButtonElement || event.target instanceof HTMLInputElement;
    const actions: Record<string, () => void> = {
      k: () => this.toggle(),
      j: () => this.jump(-jumpSeconds),
      l: () => this.jump(jumpSeconds),
      m: () => this.toggleMuted(),
      f: () => void this.toggleFullscreen(),
      ...(!onControl && {
        ' ': () => this.toggle(),
        ArrowLeft: () => this.jump(-jumpSeconds),
        ArrowRight: () => this.jump(jumpSeconds),
        Home: () => this.seek(0),
        End: () => this.seek(this.livePoint() ?? this.end()),
      }),
    };
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  /** Reads the media element; events of the one that is not on the screen say nothing. */
  protected refresh(deck: Deck): void {
    if (deck !== this.active()) return;
    const media = this.#media();
    const { buffered, seekable } = media;
    this.paused.set(media.paused);
    this.muted.set(media.muted);
    this.volume.set(media.volume);
    this.time.set(media.currentTime);
    this.end.set(Number.isFinite(media.duration) ? media.duration : lastEnd(seekable));
    this.buffered.set(endAround(buffered, media.currentTime));
    const attachment = this.#attachments.get(deck);
    this.livePoint.set(attachment?.livePoint() ?? null);
    this.position.emit({ seconds: media.currentTime, moment: attachment?.wallClock() ?? null });
    this.waiting.set(!media.paused && media.readyState < 3 && !media.ended);
  }

  #media(deck = this.active()): HTMLVideoElement {
    return (deck === 'a' ? this.a() : this.b()).nativeElement;
  }

  #reports(deck: Deck): AttachmentReports {
    return {
      trouble: (message, again) => {
        if (deck === this.active()) this.trouble.set({ message, again });
      },
      recovered: () => {
        if (deck === this.active() && this.trouble() !== undefined) this.trouble.set(undefined);
      },
    };
  }

  #show(file: string | null, playlist: string | null): void {
    const wanted = file ?? playlist;
    if (wanted === null || wanted === this.#showing) return;
    const isFirst = this.#showing === undefined;
    this.#showing = wanted;
    if (file !== null && !isFirst && this.source() === 'playlist') void this.#replaceWith(file);
    else void this.#open(wanted, file === null);
  }

  async #open(url: string, isPlaylist: boolean): Promise<void> {
    const deck = this.active();
    const media = this.#media(deck);
    this.#attachments.get(deck)?.detach();
    this.#attachments.delete(deck);
    this.trouble.set(undefined);
    this.source.set(isPlaylist ? 'playlist' : 'file');
    const attachment = isPlaylist
      ? await attachPlaylist(media, url, this.#reports(deck), () => this.#showing === url)
      : attachFile(media, url, this.#reports(deck));
    if (attachment) this.#attachments.set(deck, attachment);
  }

  async #replaceWith(file: string): Promise<void> {
    this.#handingOver?.abort();
    const handingOver = new AbortController();
    this.#handingOver = handingOver;
    const before = this.active();
    const next = other(before);
    const [from, to] = [this.#media(before), this.#media(next)];
    const attachment = attachFile(to, file, this.#reports(next));
    if (!(await handOver(from, to, handingOver.signal))) {
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
    this.refresh(next);
  }
}

const percent = (part: number, whole: number): number => (whole > 0 ? Math.min(100, (part / whole) * 100) : 0);
const lastEnd = (ranges: TimeRanges): number => (ranges.length > 0 ? ranges.end(ranges.length - 1) : 0);

function endAround(ranges: TimeRanges, time: number): number {
  for (let index = 0; index < ranges.length; index += 1)
    if (ranges.start(index) <= time + 0.5 && ranges.end(index) >= time) return ranges.end(index);
  return time;
}
