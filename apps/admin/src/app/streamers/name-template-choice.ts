import { Component, input, linkedSignal, output } from '@angular/core';
import { MatButton } from '@angular/material/button';

/** How videos are named: folders and fields. The server says what is wrong when it is saved. */
@Component({
  selector: 'sv-name-template',
  imports: [MatButton],
  template: `
    <form (submit)="save($event, box.value)">
      <input
        #box
        class="sv-input"
        name="nameTemplate"
        required
        maxlength="300"
        autocomplete="off"
        spellcheck="false"
        [id]="id()"
        [value]="typed()"
        (input)="typed.set(box.value)"
      />
      <button matButton="tonal" type="submit" [disabled]="busy() || typed().trim() === template()">
        Save the name
      </button>
      @if (ofStreamer() && !isInherited()) {
        <button matButton type="button" [disabled]="busy()" (click)="chosen.emit(null)">Name them as for all</button>
      }
    </form>
  `,
  styles: `
    form {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem;
    }
    input {
      flex: 1 1 14rem;
      min-width: 0;
    }
  `,
})
export class NameTemplateChoice {
  readonly id = input.required<string>();
  readonly template = input.required<string>();
  readonly isInherited = input(false);
  /** Not of the settings for all. */
  readonly ofStreamer = input(false);
  readonly busy = input(false);
  /** null: as for all. */
  readonly chosen = output<string | null>();
  protected readonly typed = linkedSignal(() => this.template());

  protected save(event: Event, text: string): void {
    event.preventDefault();
    if (text.trim() !== '') this.chosen.emit(text.trim());
  }
}
