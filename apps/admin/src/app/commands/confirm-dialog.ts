import { Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogTitle,
} from '@angular/material/dialog';

export interface Question {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  /** The label of the button that cancels. */
  readonly keep?: string;
  /** Nothing is lost by it, so the button has no warning colour. */
  readonly isHarmless?: boolean;
}

/** Closes with `true` when confirmed. */
@Component({
  selector: 'sv-confirm-dialog',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle],
  template: `
    <h2 mat-dialog-title>{{ question.title }}</h2>
    <mat-dialog-content>{{ question.text }}</mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton type="button" mat-dialog-close>{{ question.keep ?? 'Go back' }}</button>
      <button matButton="filled" type="button" [class.warns]="!question.isHarmless" [mat-dialog-close]="true">
        {{ question.confirm }}
      </button>
    </mat-dialog-actions>
  `,
  styles: `
    .warns {
      --mat-button-filled-container-color: var(--mat-sys-error);
      --mat-button-filled-label-text-color: var(--mat-sys-on-error);
    }
  `,
})
export class ConfirmDialog {
  protected readonly question = inject<Question>(MAT_DIALOG_DATA);
}
