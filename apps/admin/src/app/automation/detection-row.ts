import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Detection } from '@streamvault/api-contract';
import { Clock } from '../ui/clock';
import { formatWhen } from '../ui/formats';
import { outcomeWords, witnessWords } from './decision-words';

/** A detected broadcast: what was decided about it, and why. */
@Component({
  selector: 'sv-detection-row',
  imports: [RouterLink],
  template: `
    <div class="what">
      <p class="title" dir="auto">{{ detection().title ?? 'Without a title' }}</p>
      <p class="sv-quiet small">{{ under() }}</p>
      <p>
        <span class="outcome" [class.not]="!detection().isRecorded">{{ outcome() }}</span>
        {{ detection().why.message }}
      </p>
    </div>
    @if (detection().recordingId; as id) {
      <a [routerLink]="['/recordings', id]" [attr.aria-label]="'Open the recording of ' + named()">Open</a>
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 0.3rem 1.5rem;
      align-items: center;
      padding: 0.8rem 1.2rem;
      overflow-wrap: anywhere;
    }
    .title {
      font-weight: 600;
    }
    .small {
      font-size: 0.8125rem;
    }
    .outcome {
      display: inline-block;
      margin-inline-end: 0.4rem;
      padding: 0 0.6rem;
      border-radius: 99px;
      background: var(--sv-ok-soft);
      color: var(--sv-ok);
      font-size: 0.8125rem;
      font-weight: 600;
    }
    .not {
      background: var(--sv-quiet-soft);
      color: var(--mat-sys-on-surface);
    }
    a {
      padding: 0.6rem 0.3rem;
      font-weight: 560;
    }
  `,
})
export class DetectionRow {
  readonly detection = input.required<Detection>();
  /** For lists of several streamers. */
  readonly streamerName = input<string>();
  readonly #clock = inject(Clock);

  protected readonly outcome = computed(() => outcomeWords(this.detection()));
  protected readonly named = computed(() => this.detection().title ?? this.under());
  protected readonly under = computed(() => {
    const { startedAt, endedAt, category, noticedBy } = this.detection();
    const when = formatWhen(startedAt, this.#clock.now());
    const words = [this.streamerName(), endedAt === null ? `${when}, on air` : when, category, witnessWords(noticedBy)];
    return words.filter((word) => word).join(' · ');
  });
}
