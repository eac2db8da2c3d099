import { Component, computed, input, output } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import type { LoggedEvent } from '@streamvault/api-contract';
import { tell } from '../../story/sentences';
import { formatInstant } from '../../ui/formats';
import { Icon } from '../../ui/icon';

/** More marks than this would overlap. */
const mostMarks = 240;

/** A stream's revisions as a slider: arrow keys step, Home and End jump. It says its position in words. */
@Component({
  selector: 'sv-revision-slider',
  imports: [Icon, MatIconButton],
  template: `
    <button
      matIconButton
      type="button"
      aria-label="Revision before"
      [disabled]="revision() <= 0"
      (click)="moved.emit(revision() - 1)"
    >
      <sv-icon name="back" />
    </button>
    <div class="scale">
      <input
        #slider
        type="range"
        min="0"
        step="1"
        aria-label="Revision"
        [max]="head()"
        [value]="revision()"
        [attr.aria-valuetext]="words()"
        [style.--done.%]="done()"
        (input)="moved.emit(slider.valueAsNumber)"
      />
      <div class="marks" aria-hidden="true">
        @for (mark of marks(); track mark.revision) {
          <span [style.left.%]="mark.left" [attr.data-tone]="mark.tone" [class.past]="mark.isPast"></span>
        }
      </div>
    </div>
    <button
      matIconButton
      type="button"
      aria-label="Revision after"
      [disabled]="revision() >= head()"
      (click)="moved.emit(revision() + 1)"
    >
      <sv-icon name="forward" />
    </button>
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr) auto;
      gap: 0.35rem;
      align-items: center;
    }
    .scale {
      position: relative;
      padding-block: 0.6rem 1.1rem;
    }
    input {
      display: block;
      appearance: none;
      width: 100%;
      height: 1.5rem;
      margin: 0;
      border-radius: 99px;
      background: linear-gradient(
          to right,
          var(--mat-sys-primary) var(--done),
          var(--mat-sys-surface-container-highest) var(--done)
        )
        center / 100% 6px no-repeat;
      cursor: pointer;
    }
    input::-webkit-slider-thumb {
      appearance: none;
      width: 1.4rem;
      height: 1.4rem;
      border: 4px solid var(--sv-card);
      border-radius: 50%;
      background: var(--mat-sys-primary);
      box-shadow: 0 0 0 1px var(--mat-sys-primary);
    }
    input::-moz-range-thumb {
      width: 0.9rem;
      height: 0.9rem;
      border: 4px solid var(--sv-card);
      border-radius: 50%;
      background: var(--mat-sys-primary);
      box-shadow: 0 0 0 1px var(--mat-sys-primary);
    }
    .marks {
      position: absolute;
      inset: auto 0.7rem 0.1rem;
      height: 0.5rem;
    }
    .marks span {
      --tone: var(--mat-sys-outline);
      position: absolute;
      width: 0.45rem;
      height: 0.45rem;
      border-radius: 50%;
      background: var(--tone);
      opacity: 0.35;
      translate: -50% 0;
    }
    .marks .past {
      opacity: 1;
    }
    .marks [data-tone='ok'] {
      --tone: var(--sv-ok);
    }
    .marks [data-tone='info'] {
      --tone: var(--sv-info);
    }
    .marks [data-tone='warn'] {
      --tone: var(--sv-warn);
    }
    .marks [data-tone='bad'] {
      --tone: var(--mat-sys-error);
    }
  `,
})
export class RevisionSlider {
  readonly head = input.required<number>();
  readonly revision = input.required<number>();
  readonly events = input.required<readonly LoggedEvent[]>();
  readonly moved = output<number>();

  protected readonly done = computed(() => (this.head() > 0 ? (this.revision() / this.head()) * 100 : 100));
  protected readonly words = computed(() => {
    const event = this.events()[this.revision()];
    const place = `Revision ${this.revision()} of ${this.head()}`;
    return event === undefined ? place : `${place}, ${formatInstant(event.recordedAt)}: ${tell(event).text}`;
  });
  protected readonly marks = computed(() => {
    const head = this.head();
    if (head === 0 || head > mostMarks) return [];
    return this.events().map((event, revision) => ({
      revision,
      left: (revision / head) * 100,
      tone: tell(event).tone,
      isPast: revision <= this.revision(),
    }));
  });
}
