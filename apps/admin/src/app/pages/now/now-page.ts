import { Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { Streamer } from '@streamvault/api-contract';
import { map } from 'rxjs';
import { ConsoleApi } from '../../api/console-api';
import { StreamerCommands } from '../../streamers/streamer-commands';
import { Commands } from '../../commands/commands';
import { Notices } from '../../commands/notices';
import { changesActivity, isOfCategory, liveQuery } from '../../feed/live-query';
import { HealthWatch } from '../../shell/health-watch';
import { StorageLine } from '../../storage/storage-line';
import { Clock } from '../../ui/clock';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/skeleton';
import { StateChip } from '../../ui/state-chip';
import { isTaking, isWorking } from '../../ui/states';
import { TroublePanel } from '../../ui/trouble-panel';
import { isNewPicture } from '../library/new-picture';
import { VideoCard } from '../library/video-card';
import { RecordingRow } from '../recordings/recording-row';
import { CaptureCard } from './capture-card';
import { PreflightNotice } from './preflight-notice';
import { StreamerRow } from '../../streamers/streamer-row';

const attentionMilliseconds = 24 * 3600_000;
const fewStreamers = 6;
const newestVideos = 8;
const openStates = 'requested,starting,capturing,reconnecting,finalizing,postProcessing';

@Component({
  selector: 'sv-now-page',
  imports: [
    CaptureCard,
    Icon,
    MatButton,
    PreflightNotice,
    RecordingRow,
    RouterLink,
    Skeleton,
    StateChip,
    StorageLine,
    StreamerRow,
    TroublePanel,
    VideoCard,
  ],
  templateUrl: './now-page.html',
  styleUrl: './now-page.scss',
})
export default class NowPage {
  readonly #api = inject(ConsoleApi);
  readonly #streamerCommands = inject(StreamerCommands);
  readonly #notices = inject(Notices);
  readonly #clock = inject(Clock);
  readonly #watch = inject(HealthWatch);
  protected readonly commands = inject(Commands);

  readonly #everything = () => ({});
  protected readonly streamers = liveQuery({
    params: this.#everything,
    load: () => this.#api.streamers(),
    concerns: (event) => isOfCategory('streamer')(event) || changesActivity(event.type),
  });
  protected readonly recordings = liveQuery({
    params: this.#everything,
    load: () => this.#api.recordings({ state: openStates, limit: 200 }, Infinity).pipe(map(({ items }) => items)),
    concerns: isOfCategory('recording'),
  });
  protected readonly demo = liveQuery({
    params: this.#everything,
    load: () => this.#api.demo(),
    concerns: isOfCategory('streamer'),
  });

  readonly #failures = liveQuery({
    params: this.#everything,
    load: () => this.#api.recordings({ state: 'failed', limit: 10 }, 1).pipe(map(({ items }) => items)),
    concerns: isOfCategory('recording'),
  });
  protected readonly newest = liveQuery({
    params: this.#everything,
    load: () => this.#api.videos({ sort: '-recordedAt' }, 1, newestVideos).pipe(map(({ items }) => items)),
    concerns: (event) => isOfCategory('video')(event) || isNewPicture(event),
  });
  /** Failures of yesterday and before are not shown here. */
  protected readonly failed = computed(() =>
    (this.#failures.value() ?? []).filter(
      ({ endedAt, requestedAt }) => this.#clock.now() - Date.parse(endedAt ?? requestedAt) < attentionMilliseconds,
    ),
  );

  protected readonly isAnybodyLive = computed(() => this.#idle().some(({ isLive }) => isLive === true));
  readonly #idle = computed(
    () => this.streamers.value()?.filter(({ activeRecordingId }) => activeRecordingId === null) ?? [],
  );
  /** Streamers on air, if there are any; otherwise the first few, so that a recording is one click away. */
  protected readonly idle = computed(() =>
    this.isAnybodyLive() ? this.#idle().filter(({ isLive }) => isLive === true) : this.#idle().slice(0, fewStreamers),
  );

  protected readonly taking = computed(() => this.recordings.value()?.filter(({ state }) => isTaking(state)) ?? []);
  protected readonly working = computed(() => this.recordings.value()?.filter(({ state }) => isWorking(state)) ?? []);
  protected readonly trouble = computed(() => this.streamers.trouble() ?? this.recordings.trouble());
  /** A new user sees nothing of it yet, unless something is wrong. */
  protected readonly hasDisks = computed(
    () => this.#watch.disks().length > 0 && (this.streamers.value()?.length ?? 0) > 0,
  );
  protected readonly offersDemo = computed(() => {
    const demo = this.demo.value();
    return demo !== undefined && demo.available && demo.streamerId === null;
  });

  protected reload(): void {
    this.streamers.reload();
    this.recordings.reload();
  }

  protected async edit(streamer?: Streamer): Promise<void> {
    if (await this.#streamerCommands.edit(streamer)) this.streamers.reload();
  }

  protected async remove(streamer: Streamer): Promise<void> {
    if (!(await this.#streamerCommands.remove(streamer))) return;
    this.streamers.reload();
    this.demo.reload();
  }

  protected async addDemo(): Promise<void> {
    const added = await this.commands.run('demo', () => this.#api.addDemo());
    if (!added) return;
    this.streamers.reload();
    this.demo.reload();
    this.#notices.done('The demo is on air. Press Record to begin.');
  }
}
