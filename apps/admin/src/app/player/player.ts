import {
  Component,
  DestroyRef,
  type ElementRef,
  computed,
  effect,
  inject,
  input,
  model,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { formatDuration, spokenDuration } from '../ui/formats';
import { Icon } from '../ui/icon';
import { type CutRange, rangeFrom, shortestCutSeconds, withFrom, withTo } from './cut-range';
import { type Deck, Decks } from './decks';
import { FullScreen } from './full-screen';
import { MediaState } from './media-state';
import { playerDeeds, speeds } from './player-deeds';
import { playerKeysInWords, pressPlayerKey } from './player-keys';
import { PlayerMemory } from './player-memory';
import { type Mark, PositionSlider } from './position-slider';
import { Remembered } from './remembered';
import { TouchTaps } from './touch-taps';
import type { Stretch } from './wall-clock';

export interface PlayerPosition {
  /** Media time. */
  readonly seconds: number;
  /** The moment of the broadcast, if the source says it. */
  readonly moment: Date | null;
}

const pictureCodec = /\b(?:avc[13]|hvc1|hev1|av01|vp0?[89]|dvh[1e]|mp4v)/;

/** Plays a recording: its growing playlist, its file, or first the one and then the other. */
@Component({
  selector: 'sv-player',
  imports: [Icon, PositionSlider],
  templateUrl: './player.html',
  styleUrl: './player.scss',
})
export class Player {
  readonly label = input.required<string>();
  readonly playlist = input<string | null>(null);
  /** Preferred over the playlist as soon as it exists. */
  readonly file = input<string | null>(null);
  readonly poster = input<string | null>(null);
  /** Media seconds at which chapters begin, ascending. */
  readonly chapters = input<readonly { readonly at: number }[]>([]);
  /** Other marks on the timeline. */
  readonly marks = input<readonly Mark[]>([]);
  /** Address of its storyboard; null: there is none. */
  readonly storyboard = input<string | null>(null);
  /** The moment of the broadcast (ms) at a media time, if it is known. */
  readonly instantOf = input<(seconds: number) => number | null>(() => null);
  /** Where the wall clock lies in the file, asked for when it takes over from the playlist. */
  readonly timeline = input<() => Promise<readonly Stretch[]>>(() => Promise.resolve([]));
  /** As the server names them: `avc1.64002a,mp4a.40.2`. */
  readonly codecs = input<string | null>(null);
  /** Offered where the browser cannot play it. */
  readonly download = input<string | null>(null);
  /** The server remembers where one was in this video; null: it does not. */
  readonly videoId = input<number | null>(null);
  /** Under which name this browser remembers where one was, where there is no video; null: not at all. */
  readonly rememberAs = input<string | null>(null);
  /** Media second at which to begin, from the address of the page; takes precedence over the remembered position. */
  readonly startAt = input<number | null>(null);
  /** A piece can be chosen, to be cut out. */
  readonly canCut = input(false);
  /** The piece that is chosen; null: none is being cut. */
  readonly range = model<CutRange | null>(null);
  /** The position on the screen, for a timeline beside the player. */
  readonly position = output<PlayerPosition>();

  protected readonly stage = viewChild.required<ElementRef<HTMLElement>>('stage');
  protected readonly a = viewChild.required<ElementRef<HTMLVideoElement>>('a');
  protected readonly b = viewChild.required<ElementRef<HTMLVideoElement>>('b');

  protected readonly decks = new Decks({
    media: (deck) => (deck === 'a' ? this.a() : this.b()).nativeElement,
    opened: (media) => this.#opened(media),
    changed: (deck) => this.refresh(deck),
    timeline: () => this.timeline()(),
    expectsPicture: () => pictureCodec.test(this.codecs() ?? ''),
  });
  protected readonly state = new MediaState();
  protected readonly screen = new FullScreen(() => this.stage().nativeElement);
  readonly #memory = inject(PlayerMemory);
  readonly #remembered = new Remembered(this.videoId, this.rememberAs, this.state);
  readonly #taps = new TouchTaps({ toggle: () => this.toggle(), jump: (seconds) => this.jump(seconds) });
  #isTouch = false;

  protected readonly hasStarted = signal(false);
  protected readonly speed = signal<number>(1);
  protected readonly isTheatre = signal(false);
  protected readonly isHelping = signal(false);
  protected readonly keysInWords = playerKeysInWords;
  protected readonly hasPictureInPicture = document.pictureInPictureEnabled;

  protected readonly timeText = computed(
    () => `${formatDuration(this.state.time())} / ${formatDuration(this.state.end())}`,
  );
  protected readonly spokenTime = computed(
    () => `${spokenDuration(this.state.time())} of ${spokenDuration(this.state.end())}`,
  );
  protected readonly behindText = computed(() => formatDuration(this.state.behind()));
  protected readonly spokenBehind = computed(() => spokenDuration(this.state.behind()));
  protected readonly allMarks = computed((): readonly Mark[] => [
    ...this.chapters().map(({ at }) => ({ at, kind: 'chapter' as const })),
    ...this.marks(),
  ]);

  constructor() {
    effect(() => {
      const file = this.file();
      const playlist = this.playlist();
      untracked(() => this.decks.show(file, playlist));
    });
    inject(DestroyRef).onDestroy(() => {
      this.#taps.forget();
      this.decks.close();
    });
  }

  /** Seeks to a media time, from outside: a chapter, a part. */
  seek(seconds: number): void {
    this.decks.media.currentTime = Math.min(Math.max(0, seconds), this.state.end());
    this.refresh(this.decks.active());
  }

  async play(): Promise<void> {
    this.hasStarted.set(true);
    const { media } = this.decks;
    // A file whose connection broke is opened again at the same position.
    if (media.error !== null) {
      const at = this.state.time();
      media.load();
      media.currentTime = at;
      this.decks.trouble.set(undefined);
    }
    try {
      await media.play();
    } catch {
      // Paused again before it began, or refused by the browser's policy. The button shows that it is paused.
      this.refresh(this.decks.active());
    }
  }

  /** The button goes away with the press: the keyboard goes to the picture, or the keys would scroll the page. */
  protected begin(event: Event): void {
    event.stopPropagation();
    this.stage().nativeElement.focus({ preventScroll: true });
    void this.play();
  }

  protected toggle(): void {
    if (this.decks.media.paused) void this.play();
    else this.decks.media.pause();
  }

  protected jump(seconds: number): void {
    this.seek(this.decks.media.currentTime + seconds);
  }

  protected goLive(): void {
    this.seek(this.state.livePoint() ?? this.state.end());
    void this.play();
  }

  protected setVolume(volume: number): void {
    const { media } = this.decks;
    media.volume = volume;
    media.muted = volume === 0;
    this.state.volume.set(volume);
    this.state.muted.set(volume === 0);
    this.#keepSettings();
  }

  protected toggleMuted(): void {
    const { media } = this.decks;
    media.muted = !media.muted;
    this.state.muted.set(media.muted);
    this.#keepSettings();
  }

  protected nextSpeed(): void {
    this.setSpeed(speeds[(speeds.findIndex((speed) => speed === this.speed()) + 1) % speeds.length] ?? 1);
  }

  protected setSpeed(speed: number): void {
    this.speed.set(speed);
    this.decks.media.playbackRate = speed;
    this.#keepSettings();
  }

  protected async togglePictureInPicture(): Promise<void> {
    try {
      if (document.pictureInPictureElement === null) await this.decks.media.requestPictureInPicture();
      else await document.exitPictureInPicture();
    } catch {
      // The browser has none, or forbids it here. The picture stays where it is.
    }
  }

  protected toggleTheatre(): void {
    this.isTheatre.update((is) => !is);
  }

  /** Begins to choose a piece at the picture on the screen, or leaves that. */
  protected toggleCut(): void {
    if (!this.canCut() || this.state.end() < shortestCutSeconds) return;
    this.range.update((range) => (range === null ? rangeFrom(this.state.time(), this.state.end()) : null));
  }
  protected cutFrom(): void {
    this.range.update((range) => range && withFrom(range, this.state.time(), this.state.end()));
  }
  protected cutTo(): void {
    this.range.update((range) => range && withTo(range, this.state.time(), this.state.end()));
  }

  protected key(event: KeyboardEvent): void {
    const isOnControl = event.target instanceof HTMLButtonElement || event.target instanceof HTMLInputElement;
    const isCutting = this.range() !== null;
    const { key, ctrlKey, metaKey, altKey } = event;
    if (pressPlayerKey({ key, ctrlKey, metaKey, altKey, isOnControl, isCutting }, this.#deeds)) event.preventDefault();
  }

  protected pressed({ pointerType }: PointerEvent): void {
    this.#isTouch = pointerType === 'touch';
  }
  /** A click on the picture focuses it, so that the keys work. */
  protected clicked({ clientX, currentTarget, timeStamp }: MouseEvent): void {
    this.stage().nativeElement.focus({ preventScroll: true });
    if (!this.#isTouch || !(currentTarget instanceof HTMLElement)) return this.toggle();
    const { left, width } = currentTarget.getBoundingClientRect();
    this.#taps.tap(width > 0 ? (clientX - left) / width : 0.5, timeStamp);
  }
  protected doubleClicked(): void {
    if (!this.#isTouch) void this.screen.toggle();
  }

  readonly #deeds = playerDeeds({
    state: this.state,
    chapters: this.chapters,
    speed: this.speed,
    toggle: () => this.toggle(),
    jump: (seconds) => this.jump(seconds),
    seek: (seconds) => this.seek(seconds),
    setVolume: (volume) => this.setVolume(volume),
    setSpeed: (speed) => this.setSpeed(speed),
    toggleMuted: () => this.toggleMuted(),
    toggleFullscreen: () => void this.screen.toggle(),
    toggleTheatre: () => this.toggleTheatre(),
    togglePictureInPicture: () => void this.togglePictureInPicture(),
    toggleCut: () => this.toggleCut(),
    cutFrom: () => this.cutFrom(),
    cutTo: () => this.cutTo(),
    toggleHelp: () => this.isHelping.update((is) => !is),
  });

  /** Reads the media element. Events of the element that is not on the screen are ignored. */
  protected refresh(deck: Deck): void {
    if (deck !== this.decks.active()) return;
    const { media, attachment } = this.decks;
    this.state.read(media, attachment?.livePoint() ?? null);
    this.position.emit({ seconds: media.currentTime, moment: attachment?.wallClock() ?? null });
    if (this.hasStarted()) this.#remembered.note();
  }

  /** The last volume and speed, and the last position. */
  #opened(media: HTMLVideoElement): void {
    const { volume = 1, muted = false, speed = 1 } = this.#memory.settings();
    media.volume = volume;
    media.muted = muted;
    media.playbackRate = speed;
    this.speed.set(speed);
    const at = this.startAt();
    if (at === null) void this.#remembered.goBackTo(media, () => media === this.decks.media);
    else if (at > 0) media.currentTime = at;
  }

  #keepSettings(): void {
    this.#memory.keepSettings({ volume: this.state.volume(), muted: this.state.muted(), speed: this.speed() });
  }
}
