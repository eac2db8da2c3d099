import type { Video } from '@streamvault/api-contract';
import { Component, computed, effect, inject, input, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { ConsoleApi } from '../../api/console-api';
import { isAbout, liveQuery } from '../../feed/live-query';
import { Player, type PlayerPosition } from '../../player/player';
import { PageTitle } from '../../shell/page-title';
import { Clock } from '../../ui/clock';
import {
  formatBytes,
  formatCodecs,
  formatDuration,
  formatSpan,
  formatTime,
  formatWhen,
  spokenDuration,
} from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { secondsOf } from '../../ui/seconds-of';
import { Skeleton } from '../../ui/skeleton';
import { TroublePanel } from '../../ui/trouble-panel';
import { VideoActions } from '../../videos/video-actions';

/** The goodbyes at the end are not watched by everybody. */
const watchedShare = 0.9;

@Component({
  selector: 'sv-video-page',
  imports: [Icon, MatButton, Player, RouterLink, Skeleton, TroublePanel, VideoActions],
  templateUrl: './video-page.html',
  styleUrl: './video-page.scss',
})
export default class VideoPage {
  readonly id = input.required<string>();
  /** From the address: `?t=90`, `?t=1h2m3s`. */
  readonly t = input<string>();
  protected readonly startAt = computed(() => secondsOf(this.t()));

  readonly #api = inject(ConsoleApi);
  readonly #clock = inject(Clock);
  readonly #title = inject(PageTitle);
  protected readonly player = viewChild(Player);
  #toldWatched: number | undefined;

  protected readonly query = liveQuery({
    params: () => this.id(),
    load: (id) => this.#api.video(id),
    concerns: (event, id) => isAbout(`video-${id}`)(event),
  });
  protected readonly video = computed(() => this.query.value());

  protected readonly facts = computed(() => {
    const video = this.video();
    if (!video) return [];
    const { width, height, codecs } = video;
    return [
      { name: 'Recorded', value: formatWhen(video.recordedAt, this.#clock.now()) },
      { name: 'Duration', value: formatDuration(video.durationSeconds) },
      { name: 'Size', value: formatBytes(video.bytes) },
      ...(width !== null && height !== null ? [{ name: 'Picture', value: `${width} × ${height}` }] : []),
      ...(codecs !== null ? [{ name: 'Codecs', value: formatCodecs(codecs) }] : []),
      ...(video.category !== null ? [{ name: 'Category', value: video.category }] : []),
      ...(video.protected ? [{ name: 'Protected', value: 'Yes, it is never tidied away' }] : []),
    ];
  });
  protected readonly chapters = computed(
    () =>
      this.video()?.chapters.map((chapter) => ({
        ...chapter,
        time: formatDuration(chapter.at),
        spoken: spokenDuration(chapter.at),
      })) ?? [],
  );
  protected readonly gaps = computed(
    () =>
      this.video()?.gaps.map(({ from, to, seconds, cause }) => ({
        when: `${formatTime(from)} to ${formatTime(to)}`,
        length: formatSpan(seconds),
        cause: cause.message,
      })) ?? [],
  );

  constructor() {
    effect(() => {
      const video = this.video();
      if (video) this.#title.set(video.title);
    });
  }

  /** Seen nearly to its end it was watched. Told once per visit; where that fails, nothing is lost but a rule's hint. */
  protected noteWatched({ id, durationSeconds }: Video, { seconds }: PlayerPosition): void {
    if (this.#toldWatched === id || durationSeconds === 0 || seconds < durationSeconds * watchedShare) return;
    this.#toldWatched = id;
    this.#api.watchedVideo(id).catch(() => undefined);
  }

  protected async playFrom(seconds: number): Promise<void> {
    const player = this.player();
    player?.seek(seconds);
    await player?.play();
  }
}
