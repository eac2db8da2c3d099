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
import { type PlayerDeeds, playerKeysInWords, pressPlayerKey } from './player-keys';
import { PlayerMemory } from './player-memory';
import { type Mark, PositionSlider } from './position-slider';

type Deck = 'a' | 'b';
const other = (deck: Deck): Deck => (deck === 'a' ? 'b' : 'a');

/** Nearer to the live picture than this counts as being there: a segment or two. */
const liveToleranceSeconds = 8;
const idleMilliseconds = 2500;
const speeds = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;
/** Frames are stepped through by time: the browser does not say how long one is. */
const framesPerSecond = 30;
const shortlySeconds = 3;
const keepPositionMilliseconds = 5000;

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
  imports: [Icon, PositionSlider],
  templateUrl: './player.html',
  styleUrl: './player.scss',
})
export class Player {
  readonly label = input.required<string>();
  readonly playlist = input<string | null>(null);
  /** Preferred over the playlist as soon as it is there. */
  readonly file = input<string | null>(null);
  readonly poster = input<string | null>(null);
  /** Media seconds at which chapters begin, ascending. */
  readonly chapters = input<readonly { readonly at: number }[]>([]);
  /** What else is worth a mark on the line. */
  readonly marks = input<readonly Mark[]>([]);
  /** Address of its storyboard; null: there is none. */
  readonly storyboard = input<string | null>(null);
  /** The moment of the broadcast (ms) at a media time, where that is known. */
  readonly instantOf = input<(seconds: number) => number | null>(() => null);
  /** Under which name it is remembered where one was; null: not at all. */
  readonly rememberAs = input<string | null>(null);
  /** Media second to begin at, from the address of the page; before what is remembered. */
  readonly startAt = input<number | null>(null);
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
  protected readonly isTheatre = signal(false);
  protected readonly isHelping = signal(false);
  protected readonly keysInWords = playerKeysInWords;
  readonly #memory = inject(PlayerMemory);
  #positionKeptAt = 0;
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
  protected readonly spokenBehind = computed(() => spokenDuration(this.behind() ?? 0));
  protected readonly played = computed(() => percent(this.time(), this.end()));
  protected readonly loaded = computed(() => percent(this.buffered(), this.end()));

  protected readonly allMarks = computed((): readonly Mark[] => [
    ...this.chapters().map(({ at }) => ({ at, kind: 'chapter' as const })),
    ...this.marks(),
  ]);

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
    this.volume.set(volume);
    this.muted.set(volume === 0);
    this.#keepSettings();
  }

  protected toggleMuted(): void {
    this.#media().muted = !this.#media().muted;
    this.muted.set(this.#media().muted);
    this.#keepSettings();
  }

  protected nextSpeed(): void {
    this.setSpeed(speeds[(speeds.findIndex((speed) => speed === this.speed()) + 1) % speeds.length] ?? 1);
  }

  protected setSpeed(speed: number): void {
    this.speed.set(speed);
    this.#media().playbackRate = speed;
    this.#keepSettings();
  }

  protected async togglePictureInPicture(): Promise<void> {
    try {
      if (document.pictureInPictureElement === null) await this.#media().requestPictureInPicture();
      else await document.exitPictureInPicture();
    } catch {
      // The browser has none, or forbids it here: the picture stays where it is.
    }
  }

  #keepSettings(): void {
    this.#memory.keepSettings({ volume: this.volume(), muted: this.muted(), speed: this.speed() });
  }

  protected async toggleFullscreen(): Promise<void> {
    try {
      const stage = this.stage().nativeElement;
      if (document.fullscreenElement === null) await stage.requestFullscreen();
      else await document.exitFullscreen();
      // The keyboard was on the button that did it: left there, the bar would never hide, and Space would press it again.
      stage.focus({ preventScroll: true });
    } catch {
      // The browser forbids it here (an embedded page, an iPhone); the picture stays as large as it is.
    }
  }

  protected key(event: KeyboardEvent): void {
    const isOnControl = event.target instanceof HTMLButtonElement || event.target instanceof HTMLInputElement;
    const { key, ctrlKey, metaKey, altKey } = event;
    if (pressPlayerKey({ key, ctrlKey, metaKey, altKey, isOnControl }, this.#deeds)) event.preventDefault();
  }

  /** A click on the picture takes the keyboard to it, so that the keys work from then on. */
  protected clicked(): void {
    this.stage().nativeElement.focus({ preventScroll: true });
    this.toggle();
  }

  readonly #deeds: PlayerDeeds = {
    toggle: () => this.toggle(),
    jump: (seconds) => this.jump(seconds),
    seekToShare: (share) => this.seek(this.end() * share),
    seekToStart: () => this.seek(0),
    seekToEnd: () => this.seek(this.livePoint() ?? this.end()),
    changeVolume: (by) => this.setVolume(Math.min(1, Math.max(0, this.volume() + by))),
    toggleMuted: () => this.toggleMuted(),
    toggleFullscreen: () => void this.toggleFullscreen(),
    toggleTheatre: () => this.isTheatre.update((is) => !is),
    togglePictureInPicture: () => void this.togglePictureInPicture(),
    stepFrame: (direction) => this.#stepFrame(direction),
    changeSpeed: (direction) => this.#changeSpeed(direction),
    chapter: (direction) => this.#toChapter(direction),
    toggleHelp: () => this.isHelping.update((is) => !is),
  };

  #changeSpeed(direction: 1 | -1): void {
    const index = speeds.findIndex((speed) => speed >= this.speed());
    this.setSpeed(speeds[Math.min(speeds.length - 1, Math.max(0, index + direction))] ?? 1);
  }

  #stepFrame(direction: 1 | -1): void {
    if (!this.paused()) return;
    this.seek(this.#media().currentTime + direction / framesPerSecond);
  }

  #toChapter(direction: 1 | -1): void {
    const chapters = this.chapters();
    const now = this.time();
    // "Previous" shortly after a chapter's start means the one before it.
    const to =
      direction === 1
        ? chapters.find(({ at }) => at > now + 0.5)
        : chapters.findLast(({ at }) => at < now - shortlySeconds);
    if (to) this.seek(to.at);
    else if (direction === -1) this.seek(0);
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
    this.#keepPosition(media);
  }

  /** Now and then while it plays, and whenever it is paused. */
  #keepPosition({ currentTime, paused, ended }: HTMLVideoElement): void {
    const name = this.rememberAs();
    if (name === null || !this.hasStarted() || this.isGrowing() || this.end() === 0) return;
    if (!paused && !ended && performance.now() - this.#positionKeptAt < keepPositionMilliseconds) return;
    this.#positionKeptAt = performance.now();
    this.#memory.keepPosition(name, ended ? this.end() : currentTime, this.end());
  }

  /** Loudness and speed as they were last, and where it was left. */
  #begin(media: HTMLVideoElement): void {
    const { volume = 1, muted = false, speed = 1 } = this.#memory.settings();
    media.volume = volume;
    media.muted = muted;
    media.playbackRate = speed;
    this.speed.set(speed);
    const name = this.rememberAs();
    const at = this.startAt() ?? (name === null ? undefined : this.#memory.position(name));
    if (at !== undefined && at > 0) media.currentTime = at;
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
    if (!attachment) return;
    this.#attachments.set(deck, attachment);
    this.#begin(media);
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
