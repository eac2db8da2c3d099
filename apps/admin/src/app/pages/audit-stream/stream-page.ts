import { Component, DestroyRef, computed, effect, inject, input, linkedSignal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import { map, of, switchMap } from 'rxjs';
import { ConsoleApi } from '../../api/console-api';
import { isAbout, liveQuery } from '../../feed/live-query';
import { PageTitle } from '../../shell/page-title';
import { EventLine } from '../../story/event-line';
import { formatInstant, toLocalInput } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { JsonTree } from '../../ui/json-tree';
import { Skeleton } from '../../ui/skeleton';
import { streamPlace } from '../../ui/stream-place';
import { TroublePanel } from '../../ui/trouble-panel';
import { readRecordingThen } from './recording-then';
import { RecordingThenView } from './recording-view';
import { RevisionSlider } from './revision-slider';
import { StateChanges } from './state-changes';

/** While the slider moves, nothing is fetched. */
const slidingMilliseconds = 150;

/** A revision or an instant from the address; undefined (the present) if it is neither. */
export function readPoint(at: unknown): string | undefined {
  if (typeof at !== 'string') return undefined;
  if (/^\d{1,15}$/.test(at)) return at;
  const moment = /^\d{4}-\d\d-\d\d/.test(at) ? Date.parse(at.replace(' ', '+')) : Number.NaN;
  return Number.isNaN(moment) ? undefined : new Date(moment).toISOString();
}

/** Any stream at any point of its past: its state, the event that led to it, and what that event changed. */
@Component({
  selector: 'sv-stream-page',
  imports: [
    EventLine,
    Icon,
    JsonTree,
    MatButton,
    RecordingThenView,
    RevisionSlider,
    RouterLink,
    Skeleton,
    StateChanges,
    TroublePanel,
  ],
  templateUrl: './stream-page.html',
  styleUrl: './stream-page.scss',
})
export default class StreamPage {
  readonly stream = input.required<string>();
  /** From the address: `?at=12` or `?at=2026-11-22T21:00:00Z`. */
  readonly at = input<unknown>();

  readonly #api = inject(ConsoleApi);
  readonly #router = inject(Router);
  readonly #title = inject(PageTitle);
  #sliding: ReturnType<typeof setTimeout> | undefined;

  protected readonly point = computed(() => readPoint(this.at()));
  /** State and changes come together, so that the state of one revision is never shown with the changes of another. */
  protected readonly query = liveQuery({
    params: () => ({ stream: this.stream(), point: this.point() }),
    load: ({ stream, point }) =>
      this.#api.streamState(stream, point).pipe(
        switchMap((past) => {
          const before = BigInt(past.revision) - 1n;
          if (before < 0n) return of({ past, changes: null });
          return this.#api
            .streamDiff(stream, String(before), past.revision)
            .pipe(map(({ changes }) => ({ past, changes })));
        }),
      ),
    concerns: (event, { stream }) => isAbout(stream)(event),
    keepAcrossParams: true,
  });
  protected readonly all = liveQuery({
    params: () => this.stream(),
    load: (stream) => this.#api.streamEvents(stream),
    concerns: (event, stream) => isAbout(stream)(event),
  });

  protected readonly known = computed(() => {
    const known = this.query.value();
    return known?.past.stream === this.stream() ? known : undefined;
  });
  protected readonly past = computed(() => this.known()?.past);
  protected readonly events = computed(() => this.all.value() ?? []);
  protected readonly place = computed(() => streamPlace(this.stream()));
  protected readonly head = computed(() => Number(this.past()?.headRevision ?? 0));
  /** The slider's position; while it moves, it is ahead of the address and of what is shown. */
  protected readonly revision = linkedSignal<number, number>({
    source: () => {
      const point = this.point();
      const isRevision = point !== undefined && /^\d+$/.test(point);
      return Math.min(isRevision ? Number(point) : Number(this.past()?.revision ?? 0), this.head());
    },
    computation: (settled, before) => (this.#sliding === undefined ? settled : (before?.value ?? settled)),
  });
  protected readonly event = computed(() => this.events()[this.revision()]);
  protected readonly isShown = computed(() => this.past()?.revision === String(this.revision()));
  protected readonly eventsThen = computed(() => this.events().slice(0, Number(this.past()?.revision ?? 0) + 1));
  protected readonly recording = computed(() =>
    this.stream().startsWith('recording-') ? readRecordingThen(this.past()?.state ?? null) : undefined,
  );
  protected readonly recordingId = computed(() => Number(this.stream().replace('recording-', '')));
  protected readonly when = computed(() => {
    const at = this.event()?.recordedAt ?? this.past()?.recordedAt;
    return at === undefined ? '' : formatInstant(at);
  });
  protected readonly instant = computed(() => {
    const at = this.event()?.recordedAt ?? this.past()?.recordedAt;
    return at === undefined ? '' : toLocalInput(at);
  });

  constructor() {
    effect(() => this.#title.set(`${this.place().label} as it was`));
    inject(DestroyRef).onDestroy(() => clearTimeout(this.#sliding));
  }

  protected slideTo(revision: number): void {
    this.revision.set(revision);
    clearTimeout(this.#sliding);
    this.#sliding = setTimeout(() => {
      this.#sliding = undefined;
      this.#goTo(String(revision));
    }, slidingMilliseconds);
  }

  protected goToInstant(local: string): void {
    const moment = Date.parse(local);
    if (!Number.isNaN(moment)) this.#goTo(new Date(moment).toISOString());
  }

  protected goToNow(): void {
    this.#goTo(null);
  }

  /** Sliding adds one entry to the history, not fifty, and the page does not scroll. */
  #goTo(at: string | null): void {
    void this.#router.navigate([], {
      queryParams: { at },
      queryParamsHandling: 'merge',
      replaceUrl: true,
      scroll: 'manual',
    });
  }
}
