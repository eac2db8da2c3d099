import { Component, computed, effect, inject, input, linkedSignal, signal, viewChild } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { ConsoleApi } from '../../api/console-api';
import { ChapterList } from '../../broadcast/chapter-list';
import { CopyMoment } from '../../broadcast/copy-moment';
import { FileList } from '../../broadcast/file-list';
import { GapList } from '../../broadcast/gap-list';
import { placedInFile } from '../../broadcast/gap-times';
import { MayCut } from '../../cutting/may-cut';
import { CutPanel } from '../../cutting/cut-panel';
import { OriginLine } from '../../broadcast/origin-line';
import { isAbout, liveQuery } from '../../feed/live-query';
import type { CutRange } from '../../player/cut-range';
import { Player, type PlayerPosition } from '../../player/player';
import { ShareButton } from '../../shares/share-button';
import { PageTitle } from '../../shell/page-title';
import { Clock } from '../../ui/clock';
import { formatWhen } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { secondsOf } from '../../ui/seconds-of';
import { Skeleton } from '../../ui/skeleton';
import { TabLinks } from '../../ui/tab-links';
import { TroublePanel } from '../../ui/trouble-panel';
import { VideoActions } from '../../videos/video-actions';

/** A video that was imported, or cut out of another one. One that was recorded here has the page of its broadcast, and leads there. */
@Component({
  selector: 'sv-video-page',
  imports: [
    ChapterList,
    CopyMoment,
    CutPanel,
    FileList,
    GapList,
    Icon,
    OriginLine,
    Player,
    RouterLink,
    ShareButton,
    Skeleton,
    TabLinks,
    TroublePanel,
    VideoActions,
  ],
  templateUrl: './video-page.html',
  styleUrl: './video-page.scss',
})
export default class VideoPage {
  readonly id = input.required<string>();
  /** From the address: `?t=90`, `?t=1h2m3s`. */
  readonly t = input<string>();
  readonly tab = input<string>();
  protected readonly startAt = computed(() => secondsOf(this.t()));

  readonly #api = inject(ConsoleApi);
  readonly #clock = inject(Clock);
  readonly #router = inject(Router);
  readonly #title = inject(PageTitle);
  protected readonly player = viewChild(Player);
  protected readonly position = signal<PlayerPosition | undefined>(undefined);
  readonly #mayCut = inject(MayCut);
  /** The piece that is being cut out; of another video it is another one. */
  protected readonly range = linkedSignal<string, CutRange | null>({ source: this.id, computation: () => null });
  protected readonly canCut = computed(() => this.#mayCut.now() && this.video()?.bin === null);

  protected readonly query = liveQuery({
    params: () => this.id(),
    load: (id) => this.#api.video(id),
    concerns: (event, id) => isAbout(`video-${id}`)(event),
  });
  readonly #answer = computed(() => this.query.value());
  protected readonly video = computed(() => (this.#answer()?.recordingId === null ? this.#answer() : undefined));

  protected readonly when = computed(() => {
    const video = this.video();
    return video ? formatWhen(video.recordedAt, this.#clock.now()) : '';
  });
  protected readonly gaps = computed(() => {
    const video = this.video();
    return video ? placedInFile(video.recordedAt, video.durationSeconds, video.gaps) : [];
  });
  protected readonly marks = computed(() =>
    this.gaps().map(({ mediaAt }) => ({ at: mediaAt ?? -1, kind: 'gap' as const })),
  );
  protected readonly tabs = computed(() => [
    { label: 'Chapters', value: 'chapters', count: this.video()?.chapters.length ?? 0 },
    { label: 'Gaps', value: 'gaps', count: this.gaps().length },
    { label: 'Files', value: 'files' },
  ]);
  protected readonly chosen = computed(() => {
    const asked = this.tabs().find(({ value }) => value === this.tab())?.value;
    return asked ?? ((this.video()?.chapters.length ?? 0) > 0 ? 'chapters' : 'files');
  });

  constructor() {
    effect(() => {
      const recordingId = this.#answer()?.recordingId ?? null;
      if (recordingId === null) return;
      const { t, tab } = { t: this.t(), tab: this.tab() };
      void this.#router.navigate(['/recordings', recordingId], { queryParams: { t, tab }, replaceUrl: true });
    });
    effect(() => {
      const video = this.video();
      if (video) this.#title.set(video.title);
    });
  }

  protected async playFrom(seconds: number): Promise<void> {
    const player = this.player();
    player?.seek(seconds);
    await player?.play();
  }
}
