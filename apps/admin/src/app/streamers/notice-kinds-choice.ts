import { Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { NoticeKind } from '@streamvault/api-contract';
import { noticeChoices } from '../pages/settings/notifications/target-fields';

/** Which kinds of notices are sent, each turned on or off. A change is sent at once. */
@Component({
  selector: 'sv-notice-kinds',
  imports: [MatButton],
  template: `
    <fieldset [disabled]="busy()" [id]="id()">
      <legend class="sv-sr-only">Kinds of notices</legend>
      @for (kind of shown(); track kind.name) {
        <label>
          <input #box type="checkbox" [name]="kind.name" [checked]="kind.isOn" (change)="set(kind.name, box.checked)" />
          {{ kind.label }}
        </label>
      }
    </fieldset>
    @if (ofStreamer() && !isInherited()) {
      <button matButton type="button" [disabled]="busy()" (click)="chosen.emit(null)">Send notices as for all</button>
    }
  `,
  styles: `
    fieldset {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(14rem, 100%), 1fr));
      gap: 0 1rem;
      margin: 0;
      padding: 0;
      border: 0;
    }
    label {
      display: flex;
      gap: 0.5rem;
      align-items: center;
      min-height: 40px;
    }
  `,
})
export class NoticeKindsChoice {
  readonly id = input.required<string>();
  /** null: every kind, including future ones. */
  readonly kinds = input.required<readonly NoticeKind[] | null>();
  readonly isInherited = input(false);
  /** Not of the settings for all. */
  readonly ofStreamer = input(false);
  readonly busy = input(false);
  /** null: as for all; of the settings for all: every kind. */
  readonly chosen = output<NoticeKind[] | null>();

  protected readonly shown = computed(() =>
    noticeChoices.map(({ kind, label }) => ({ name: kind, label, isOn: this.kinds()?.includes(kind) ?? true })),
  );

  protected set(name: NoticeKind, isOn: boolean): void {
    const on = this.shown().filter((kind) => (kind.name === name ? isOn : kind.isOn));
    const isEvery = on.length === noticeChoices.length && !this.ofStreamer();
    this.chosen.emit(isEvery ? null : on.map((kind) => kind.name));
  }
}
