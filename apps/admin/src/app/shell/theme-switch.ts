import { Component, inject } from '@angular/core';
import { Theme, type ThemeChoice } from '../theme/theme';
import { Icon, type IconName } from '../ui/icon';

@Component({
  selector: 'sv-theme-switch',
  imports: [Icon],
  template: `
    <fieldset>
      <legend class="sv-sr-only">Theme</legend>
      @for (option of options; track option.choice) {
        <label [title]="option.label">
          <input
            type="radio"
            name="theme"
            [value]="option.choice"
            [checked]="theme.choice() === option.choice"
            (change)="theme.choose(option.choice)"
          />
          <sv-icon [name]="option.icon" />
          <span class="sv-sr-only">{{ option.label }}</span>
        </label>
      }
    </fieldset>
  `,
  styles: `
    fieldset {
      display: inline-flex;
      margin: 0;
      padding: 3px;
      border: 1px solid var(--sv-line);
      border-radius: 99px;
      background: var(--mat-sys-surface-container);
    }
    label {
      position: relative;
      display: grid;
      place-items: center;
      width: 34px;
      height: 30px;
      border-radius: 99px;
      color: var(--mat-sys-on-surface-variant);
      cursor: pointer;
    }
    label:hover {
      color: var(--mat-sys-on-surface);
    }
    label:has(:checked) {
      background: var(--mat-sys-secondary-container);
      color: var(--mat-sys-on-secondary-container);
    }
    label:has(:focus-visible) {
      outline: 2px solid var(--mat-sys-primary);
      outline-offset: 1px;
    }
    /* The rail of icons is too narrow for three in a row. */
    @media (width >= 640px) and (width < 1100px) {
      fieldset {
        flex-direction: column;
      }
    }
    input {
      position: absolute;
      inset: 0;
      margin: 0;
      opacity: 0;
      cursor: pointer;
    }
  `,
})
export class ThemeSwitch {
  protected readonly theme = inject(Theme);
  protected readonly options: readonly { choice: ThemeChoice; label: string; icon: IconName }[] = [
    { choice: 'system', label: 'As the system', icon: 'system' },
    { choice: 'light', label: 'Light', icon: 'light' },
    { choice: 'dark', label: 'Dark', icon: 'dark' },
  ];
}
