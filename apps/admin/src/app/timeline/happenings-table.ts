import { Component, computed, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { formatCount, formatDuration, formatInstant, formatSpan, formatTime, spokenDuration } from '../ui/formats';
import { happeningsOf, lossesOf } from './happenings';
import { type TimelineSource, mediaAt } from './timeline-layout';

const shownAtFirst = 50;
/** This many are shown at first. */
const fewEnough = 6;
/** With fewer gaps than this, a summary is not needed. */
const worthSumming = 5;

const names = { gap: 'Gap', ad: 'Advertising', stall: 'Stall' } as const;

/** What the timeline shows, as a table: for screen readers, and for exact figures. */
@Component({
  selector: 'sv-happenings-table',
  imports: [MatButton],
  template: `
    @if (all().length > 0) {
      @if (losses(); as losses) {
        <table class="losses" data-testid="losses">
          <caption>
            Lost, by cause
          </caption>
          <thead>
            <tr>
              <th scope="col">Lost</th>
              <th scope="col">Gaps</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            @for (loss of losses; track loss.why) {
              <tr>
                <td class="sv-numbers">{{ loss.span }}</td>
                <td class="sv-numbers">{{ loss.times }}</td>
                <td>{{ loss.why }}</td>
              </tr>
            }
          </tbody>
        </table>
      }
      <details [open]="isFew()">
        <summary>{{ summary() }}</summary>
        <table data-testid="happenings">
          <caption class="sv-sr-only">
            Gaps, advertising and stalls in the order of the clock
          </caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">At</th>
              <th scope="col">From</th>
              <th scope="col" class="until">To</th>
              <th scope="col">Length</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            @for (row of rows(); track row.key) {
              <tr [attr.data-kind]="row.kind">
                <td><span class="mark" aria-hidden="true"></span>{{ row.name }}</td>
                <td class="sv-numbers">
                  @if (row.mediaAt !== null && playable()) {
                    <button
                      type="button"
                      class="go"
                      [attr.aria-label]="'Play from ' + row.media + ', ' + row.spoken"
                      (click)="playFrom.emit(row.mediaAt)"
                    >
                      {{ row.media }}
                    </button>
                  } @else {
                    {{ row.media }}
                  }
                </td>
                <td class="sv-numbers">
                  <time [attr.datetime]="row.from">{{ row.began }}</time>
                </td>
                <td class="sv-numbers until">{{ row.ended }}</td>
                <td class="sv-numbers">{{ row.length }}</td>
                <td>{{ row.why }}</td>
              </tr>
            }
          </tbody>
        </table>
        @if (hidden() > 0) {
          <button matButton type="button" (click)="showsAll.set(true)">Show the other {{ hidden() }}</button>
        }
      </details>
    }
  `,
  styleUrl: './happenings-table.scss',
})
export class HappeningsTable {
  readonly recording = input.required<TimelineSource>();
  /** Whether one can be played from. */
  readonly playable = input(false);
  /** Media second. */
  readonly playFrom = output<number>();
  protected readonly showsAll = signal(false);

  protected readonly all = computed(() => happeningsOf(this.recording()));
  protected readonly isFew = computed(() => this.all().length <= fewEnough);
  protected readonly summary = computed(
    () => `Gaps, advertising and stalls one by one (${formatCount(this.all().length)})`,
  );
  protected readonly losses = computed(() => {
    const { gaps } = this.recording();
    if (gaps.length < worthSumming) return undefined;
    return lossesOf(gaps).map(({ why, count, seconds }) => ({
      why,
      times: formatCount(count),
      span: formatSpan(seconds),
    }));
  });
  readonly #shown = computed(() => (this.showsAll() ? this.all() : this.all().slice(0, shownAtFirst)));
  protected readonly hidden = computed(() => this.all().length - this.#shown().length);
  protected readonly rows = computed(() => {
    const day = dayOf(this.recording().startedAt ?? this.all()[0]?.from ?? '');
    const when = (instant: string): string => (dayOf(instant) === day ? formatTime(instant) : formatInstant(instant));
    return this.#shown().map((one) => ({
      ...one,
      name: names[one.kind],
      began: when(one.from),
      ended: one.to === null ? '–' : when(one.to),
      length: one.seconds === null ? 'lasts' : formatSpan(one.seconds),
      ...this.#placeOf(one.from),
    }));
  });

  #placeOf(instant: string) {
    const mediaAtIt = mediaAt(this.recording(), Date.parse(instant));
    const media = mediaAtIt === null ? '–' : formatDuration(mediaAtIt);
    return { mediaAt: mediaAtIt, media, spoken: spokenDuration(mediaAtIt ?? 0) };
  }
}

const dayOf = (instant: string): string => new Date(instant).toDateString();
