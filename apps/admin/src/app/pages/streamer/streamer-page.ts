import { Component, computed, effect, inject, input, linkedSignal, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import type { LoggedEvent, Streamer } from '@streamvault/api-contract';
import { from } from 'rxjs';
import { ConsoleApi } from '../../api/console-api';
import { StreamerCommands } from '../../streamers/streamer-commands';
import { ChoiceEditor, type ChoiceChange } from '../../streamers/choice-editor';
import type { Choices } from '../../streamers/choices';
import { platformLabel } from '../../streamers/platforms';
import { Commands } from '../../commands/commands';
import { Notices } from '../../commands/notices';
import { changesActivity, isAbout, liveQuery } from '../../feed/live-query';
import { PageTitle } from '../../shell/page-title';
import { formatBytes, formatCount, formatDuration, formatRatio, formatSpan } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/skeleton';
import { TabLinks } from '../../ui/tab-links';
import { isTaking } from '../../ui/states';
import { TroublePanel } from '../../ui/trouble-panel';
import { CaptureCard } from '../now/capture-card';
import { RecordingRow } from '../recordings/recording-row';
import { SourceCredentialsForm } from './source-credentials';
import { StreamerCleanupPanel } from './streamer-cleanup';
import { StreamerDetections } from './streamer-detections';
import { StreamerRulesPanel } from './streamer-rules';
import { totalsOf } from './streamer-totals';

const pageSize = 50;
const tabs = [
  { label: 'Recordings', value: null },
  { label: 'Settings', value: 'settings' },
  { label: 'Rules', value: 'rules' },
  { label: 'Cleanup', value: 'cleanup' },
  { label: 'Detections', value: 'detections' },
] as const;

/** One streamer: what it is doing, how it is recorded, and all of its recordings. */
@Component({
  selector: 'sv-streamer-page',
  imports: [
    CaptureCard,
    ChoiceEditor,
    Icon,
    MatButton,
    RecordingRow,
    RouterLink,
    Skeleton,
    SourceCredentialsForm,
    StreamerCleanupPanel,
    StreamerDetections,
    StreamerRulesPanel,
    TabLinks,
    TroublePanel,
  ],
  templateUrl: './streamer-page.html',
  styleUrl: './streamer-page.scss',
})
export default class StreamerPage {
  readonly id = input.required<string>();
  /** From the address: `?tab=rules`. */
  readonly tab = input<string>();
  protected readonly tabs = tabs;
  protected readonly chosen = computed(() => tabs.find(({ value }) => value === this.tab())?.value ?? null);

  readonly #api = inject(ConsoleApi);
  readonly #streamerCommands = inject(StreamerCommands);
  readonly #router = inject(Router);
  readonly #title = inject(PageTitle);
  readonly #notices = inject(Notices);
  protected readonly commands = inject(Commands);

  protected readonly query = liveQuery({
    params: () => this.id(),
    load: (id) => this.#api.streamer(id),
    concerns: (event, id) => !this.#isLeaving() && (isAbout(`streamer-${id}`)(event) || changesActivity(event.type)),
  });
  /** Removed on this page, which is about to close: there is nothing to fetch any more. */
  readonly #isLeaving = signal(false);

  protected readonly pages = linkedSignal({ source: this.id, computation: () => 1 });
  protected readonly recordings = liveQuery({
    params: () => ({ id: this.id(), pages: this.pages() }),
    load: ({ id, pages }) => this.#api.recordings({ streamerId: Number(id), limit: pageSize }, pages),
    concerns: (event) => this.#concernsList(event),
    keepAcrossParams: true,
  });

  protected readonly streamer = computed(() => this.query.value());
  protected readonly active = computed(() => {
    const id = this.streamer()?.activeRecordingId;
    return this.recordings.value()?.items.find((recording) => recording.id === id && isTaking(recording.state));
  });
  protected readonly startKey = computed(() => `start-${this.id()}`);
  protected readonly under = computed(() => {
    const streamer = this.streamer();
    if (!streamer) return [];
    const { isLive, platform } = streamer;
    return [platformLabel(platform), ...(isLive === null ? [] : [isLive ? 'On air' : 'Off air'])];
  });
  /** Only what a browser can open. */
  protected readonly link = computed(() => {
    const url = this.streamer()?.url ?? '';
    return /^https?:\/\//i.test(url) ? url : null;
  });
  protected readonly choices = computed((): Choices | undefined => {
    const streamer = this.streamer();
    if (!streamer) return undefined;
    const { autoRecord, quality, ads, proxies } = streamer;
    const { patienceSeconds = 720, reruns = false, stopAfterChangeSeconds = 'never' } = streamer;
    const { nameTemplate = '', notices = null } = streamer;
    const how = { autoRecord, quality, ads, proxies, patienceSeconds, reruns, stopAfterChangeSeconds };
    return { ...how, nameTemplate, notices };
  });
  /** Fetched when the settings are opened. */
  protected readonly proxies = liveQuery({
    params: () => (this.chosen() === 'settings' ? {} : undefined),
    load: () => from(this.#api.proxies()),
  });
  protected readonly totals = computed(() => {
    const page = this.recordings.value();
    if (!page || page.items.length === 0) return undefined;
    const { recordings, failed, durationSeconds, bytes, gaps, gapSeconds, adSeconds } = totalsOf(page.items);
    const captured = durationSeconds + gapSeconds > 0 ? durationSeconds / (durationSeconds + gapSeconds) : null;
    return {
      heading: page.nextCursor === null ? 'Total' : `The latest ${formatCount(recordings)} recordings`,
      facts: [
        {
          name: 'Recordings',
          value: formatCount(recordings) + (failed === 0 ? '' : `, ${formatCount(failed)} failed`),
        },
        { name: 'Recorded', value: formatDuration(durationSeconds) },
        ...(captured === null ? [] : [{ name: 'Captured', value: formatRatio(captured) }]),
        { name: 'Size', value: formatBytes(bytes) },
        { name: 'Gaps', value: gaps === 0 ? 'none' : `${formatCount(gaps)}, ${formatSpan(gapSeconds)}` },
        { name: 'Advertising', value: adSeconds === 0 ? 'none' : formatSpan(adSeconds) },
      ],
    };
  });

  constructor() {
    effect(() => {
      const name = this.streamer()?.name;
      if (name !== undefined) this.#title.set(name);
    });
  }

  protected async choose({ body }: ChoiceChange): Promise<void> {
    const saved = await this.commands.run(`choose-${this.id()}`, () =>
      this.#api.changeStreamer(Number(this.id()), body),
    );
    if (saved) this.#notices.done('Saved.');
    this.query.reload();
  }

  protected async start(): Promise<void> {
    if (await this.commands.run(this.startKey(), () => this.#api.start(Number(this.id())))) this.reload();
  }

  protected async edit(streamer: Streamer): Promise<void> {
    if (await this.#streamerCommands.edit(streamer)) this.query.reload();
  }

  protected async remove(streamer: Streamer): Promise<void> {
    this.#isLeaving.set(true);
    if (await this.#streamerCommands.remove(streamer)) await this.#router.navigateByUrl('/streamers');
    else this.#isLeaving.set(false);
  }

  protected loadMore(): void {
    this.pages.update((pages) => pages + 1);
  }

  protected reload(): void {
    this.query.reload();
    this.recordings.reload();
  }

  /** A new recording may be of this streamer. Changes of others are not visible here. */
  #concernsList({ stream, type }: LoggedEvent): boolean {
    if (type === 'RecordingRequested') return true;
    return this.recordings.value()?.items.some(({ id }) => stream === `recording-${id}`) ?? false;
  }
}
