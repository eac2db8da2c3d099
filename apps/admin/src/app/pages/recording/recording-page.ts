import { Component, computed, effect, inject, input, linkedSignal, signal, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import type { Recording } from '@streamvault/api-contract';
import { map } from 'rxjs';
import { ConsoleApi } from '../../api/console-api';
import { ChapterList } from '../../broadcast/chapter-list';
import { CopyMoment } from '../../broadcast/copy-moment';
import { FileList } from '../../broadcast/file-list';
import { GapList } from '../../broadcast/gap-list';
import type { PlacedGap } from '../../broadcast/gap-times';
import { Ask } from '../../commands/ask';
import { Commands } from '../../commands/commands';
import { StopWithUndo } from '../../commands/stop-with-undo';
import { CutPanel } from '../../cutting/cut-panel';
import { MayCut } from '../../cutting/may-cut';
import { LiveFeed } from '../../feed/live-feed';
import { isAbout, liveQuery } from '../../feed/live-query';
import { presentFigures } from '../../feed/present-figures';
import { SilenceNotice } from '../../feed/silence-notice';
import { whileVisible } from '../../feed/while-visible';
import { LibraryApi } from '../../library/library-api';
import { Statechart } from '../../lifecycle/statechart';
import type { CutRange } from '../../player/cut-range';
import { Player, type PlayerPosition } from '../../player/player';
import { ShareButton } from '../../shares/share-button';
import { PageTitle } from '../../shell/page-title';
import { Story } from '../../story/story';
import { HappeningsTable } from '../../timeline/happenings-table';
import { TimelineView } from '../../timeline/timeline';
import { instantAt, mediaAt } from '../../timeline/timeline-layout';
import { Clock } from '../../ui/clock';
import { secondsOf } from '../../ui/seconds-of';
import { formatDuration, formatWhen } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/skeleton';
import { StateChip } from '../../ui/state-chip';
import { isOpen, isTaking, isWorking } from '../../ui/states';
import { TabLinks } from '../../ui/tab-links';
import { TroublePanel } from '../../ui/trouble-panel';
import { VideoActions } from '../../videos/video-actions';
import { RecordingFacts } from './recording-facts';
import { RecordingSteps } from './recording-steps';

/**
 * A file that lacks more than this of what was captured is one of several. Then the playlist, which has everything, is
 * played.
 */
const toleratedShortfallSeconds = 3;
const progressMilliseconds = 2000;

@Component({
  selector: 'sv-recording-page',
  imports: [
    ChapterList,
    CopyMoment,
    CutPanel,
    FileList,
    GapList,
    HappeningsTable,
    Icon,
    MatButton,
    Player,
    RecordingFacts,
    RecordingSteps,
    RouterLink,
    ShareButton,
    SilenceNotice,
    Skeleton,
    StateChip,
    Statechart,
    Story,
    TabLinks,
    TimelineView,
    TroublePanel,
    VideoActions,
  ],
  templateUrl: './recording-page.html',
  styleUrl: './recording-page.scss',
})
export default class RecordingPage {
  readonly id = input.required<string>();
  /** From the address: `?t=90`, `?t=1h2m3s`. */
  readonly t = input<string>();
  protected readonly startAt = computed(() => secondsOf(this.t()));
  /** From the address: `?tab=gaps`. */
  readonly tab = input<string>();

  readonly #api = inject(ConsoleApi);
  readonly #ask = inject(Ask);
  readonly #clock = inject(Clock);
  readonly #feed = inject(LiveFeed);
  readonly #library = inject(LibraryApi);
  readonly #mayCut = inject(MayCut);
  readonly #router = inject(Router);
  readonly #title = inject(PageTitle);
  protected readonly player = viewChild(Player);
  protected readonly commands = inject(Commands);
  protected readonly stops = inject(StopWithUndo);
  protected readonly position = signal<PlayerPosition | undefined>(undefined);

  protected readonly query = liveQuery({
    params: () => this.id(),
    load: (id) => this.#api.recording(id),
    concerns: (event, id) => isAbout(`recording-${id}`)(event),
  });
  protected readonly story = liveQuery({
    params: () => this.id(),
    load: (id) => this.#api.story(id),
    concerns: (event, id) => isAbout(`recording-${id}`)(event),
  });
  protected readonly lifecycle = liveQuery({ params: () => 'recording', load: () => this.#api.lifecycle() });
  protected readonly video = liveQuery({
    params: () => this.query.value()?.videoId ?? undefined,
    load: (videoId) => this.#api.video(String(videoId)),
  });

  protected readonly recording = computed(() => this.query.value());
  readonly #isFinishing = computed(
    () =>
      isWorking(this.recording()?.state ?? '') ||
      (this.recording()?.steps.some(({ state }) => state === 'running') ?? false),
  );
  /** How far its steps are. */
  protected readonly queue = liveQuery({
    params: () => (this.#isFinishing() ? this.id() : undefined),
    load: (id) => this.#api.queue().pipe(map((items) => items.filter(({ recordingId }) => String(recordingId) === id))),
    concerns: (event, id) => isAbout(`recording-${id}`)(event),
  });
  protected readonly name = computed(() => this.recording()?.title ?? this.recording()?.streamerName ?? '');
  protected readonly isTaking = computed(() => isTaking(this.recording()?.state ?? ''));
  protected readonly isStalled = computed(() => {
    const recording = this.recording();
    if (!recording) return false;
    const feed = { isLive: this.#feed.connection() === 'live', now: this.#clock.now() };
    return presentFigures(recording, this.#feed.figures().get(recording.id), feed).stalledSeconds !== null;
  });
  protected readonly isOpen = computed(() => isOpen(this.recording()?.state ?? ''));

  protected readonly playlist = computed(() => {
    const recording = this.recording();
    return recording?.playable ? this.#api.playlistUrl(recording.id) : null;
  });
  /** Requested only when its step is done: before that it is a 404, which the player would remember. */
  protected readonly poster = computed(() => {
    const isMade = this.recording()?.steps.every(({ name, state }) => name !== 'thumbnail' || state === 'succeeded');
    return isMade ? (this.video.value()?.thumbnailUrl ?? null) : null;
  });
  protected readonly file = computed(() => {
    const video = this.video.value();
    const recording = this.recording();
    if (!video || !recording) return null;
    const isWhole = video.durationSeconds >= recording.durationSeconds - toleratedShortfallSeconds;
    return isWhole || !recording.playable ? video.streamUrl : null;
  });
  /**
   * Opens the playlist at once, but waits for the file of a recording that has one. What is playing already continues.
   */
  protected readonly canPlay = linkedSignal<{ has: boolean; waits: boolean }, boolean>({
    source: () => ({
      has: this.file() !== null || this.playlist() !== null,
      waits: this.recording()?.videoId !== null && this.video.value() === undefined && !this.video.trouble(),
    }),
    computation: ({ has, waits }, before) => has && (!waits || before?.value === true),
  });

  protected readonly chapters = computed(() => this.video.value()?.chapters ?? []);
  protected readonly gaps = computed((): readonly PlacedGap[] => {
    const placeOf = this.#placeOf();
    return this.recording()?.gaps.map((gap) => ({ ...gap, mediaAt: placeOf(gap.from) })) ?? [];
  });
  /** Media time of an instant in what plays: the file is longer by what gaps before it were filled with. */
  readonly #placeOf = computed(() => {
    const recording = this.recording();
    const filled = this.file() === null ? [] : (recording?.gaps.filter((gap) => gap.filled) ?? []);
    return (instant: string): number | null => {
      const at = recording ? mediaAt(recording, Date.parse(instant)) : null;
      if (at === null) return null;
      return filled.reduce((sum, { from, filled }) => (from < instant ? sum + (filled?.seconds ?? 0) : sum), at);
    };
  });
  /** What is missing or was left out, as marks on the player's timeline. */
  protected readonly marks = computed(() => {
    const recording = this.recording();
    if (!recording) return [];
    const placeOf = this.#placeOf();
    const at = (from: string): number => placeOf(from) ?? -1;
    return [
      ...recording.gaps.map(({ from }) => ({ at: at(from), kind: 'gap' as const })),
      ...recording.ads.map(({ from }) => ({ at: at(from), kind: 'ad' as const })),
    ];
  });
  protected readonly instantOf = computed(() => {
    const recording = this.recording();
    return (seconds: number): number | null => (recording ? instantAt(recording, seconds) : null);
  });
  protected readonly storyboard = computed(() => {
    const { videoId = null, steps = [] } = this.recording() ?? {};
    const isMade = steps.some(({ name, state }) => name === 'storyboard' && state === 'succeeded');
    if (videoId !== null && isMade) return `/api/videos/${videoId}/storyboard.vtt`;
    // It grows with the recording, and stays until the video has one of its own.
    const { id, playable } = this.recording() ?? {};
    return playable ? `/api/recordings/${id}/storyboard.vtt` : null;
  });
  /** Asked for when the file takes over from the playlist. */
  protected readonly timeline = computed(() => {
    const videoId = this.recording()?.videoId ?? null;
    return () => (videoId === null ? Promise.resolve([]) : this.#library.timeline(videoId));
  });
  /** The piece that is being cut out; of another broadcast it is another one. */
  protected readonly range = linkedSignal<string, CutRange | null>({ source: this.id, computation: () => null });
  /** Of the file: what the playlist has beside it cannot be cut out. */
  protected readonly canCut = computed(
    () => this.#mayCut.now() && this.file() !== null && this.video.value()?.bin === null,
  );
  protected readonly when = computed(() => {
    const recording = this.recording();
    return recording ? formatWhen(recording.startedAt ?? recording.requestedAt, this.#clock.now()) : '';
  });
  protected readonly tabs = computed(() => [
    { label: 'Chapters', value: 'chapters', count: this.chapters().length },
    { label: 'Gaps', value: 'gaps', count: this.gaps().length },
    { label: 'How it was recorded', value: 'recorded' },
    { label: 'Files', value: 'files' },
  ]);
  /** For a video, chapters come first; for a recording in progress, its condition. */
  protected readonly chosen = computed(() => {
    const asked = this.tabs().find(({ value }) => value === this.tab())?.value;
    return asked ?? (this.recording()?.state === 'completed' && this.chapters().length > 1 ? 'chapters' : 'recorded');
  });

  protected readonly patience = computed(() => {
    const recording = this.recording();
    if (!recording || recording.deadline === null || !this.isOpen()) return null;
    const rest = (Date.parse(recording.deadline) - this.#clock.now()) / 1000;
    return rest > 0 ? formatDuration(rest) : null;
  });

  constructor() {
    // No event says how far a step is.
    whileVisible(progressMilliseconds, () => {
      if (this.#isFinishing()) this.queue.reload();
    });
    effect(() => {
      if (this.name() !== '') this.#title.set(this.recording()?.title ? this.name() : `${this.name()}, ${this.when()}`);
    });
  }

  protected async stop(recording: Recording): Promise<void> {
    await this.stops.stop(recording);
    this.reload();
  }

  /** After hours, a retry makes a separate recording of what is on air now. */
  protected async retry(id: number): Promise<void> {
    const answer = await this.#send('retry', () => this.#api.retryRecording(id));
    if (answer && answer.recordingId !== id) await this.#router.navigate(['/recordings', answer.recordingId]);
  }

  protected fillGap(id: number, from: string): void {
    void this.#send('fill', () => this.#api.fillGap(id, from));
  }

  protected async skipStep(id: number, { name, label }: { name: string; label: string }): Promise<void> {
    const confirmed = await this.#ask.confirm({
      title: `Skip “${label}”?`,
      text: 'The steps that depend on it continue without it. It cannot be run later.',
      confirm: 'Skip it',
    });
    if (confirmed) await this.#send(`step-${name}`, () => this.#api.skipStep(id, name));
  }

  protected retryStep(id: number, name: string): void {
    void this.#send(`step-${name}`, () => this.#api.retryStep(id, name));
  }

  protected async cancel(id: number): Promise<void> {
    const confirmed = await this.#ask.confirm({
      title: 'Discard this recording?',
      text: 'It ends at once, without a video. What was captured stays playable here. To keep it as a video, choose Stop instead.',
      confirm: 'Discard it',
    });
    if (confirmed) await this.#send('cancel', () => this.#api.cancelRecording(id));
  }

  protected async playFrom(seconds: number): Promise<void> {
    const player = this.player();
    player?.seek(seconds);
    await player?.play();
  }

  protected reload(): void {
    this.query.reload();
    this.story.reload();
  }

  async #send<Answer>(key: string, send: () => Promise<Answer>): Promise<Answer | undefined> {
    const answer = await this.commands.run(`${key}-${this.id()}`, send);
    this.reload();
    return answer;
  }
}
