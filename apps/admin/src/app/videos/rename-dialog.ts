import { Component, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

/** Asks for another title. Closes with it, or with nothing. */
@Component({
  selector: 'sv-rename-dialog',
  imports: [
    MatButton,
    MatDialogActions,
    MatDialogClose,
    MatDialogContent,
    MatDialogTitle,
    MatFormField,
    MatInput,
    MatLabel,
  ],
  template: `
    <form (submit)="save($event)">
      <h2 mat-dialog-title>Rename the video</h2>
      <mat-dialog-content>
        <mat-form-field>
          <mat-label>Title</mat-label>
          <input
            #box
            matInput
            name="title"
            maxlength="500"
            required
            dir="auto"
            [value]="title()"
            (input)="title.set(box.value)"
          />
        </mat-form-field>
      </mat-dialog-content>
      <mat-dialog-actions align="end">
        <button matButton type="button" mat-dialog-close>Go back</button>
        <button matButton="filled" type="submit" [disabled]="title().trim() === ''">Rename</button>
      </mat-dialog-actions>
    </form>
  `,
  styles: `
    mat-form-field {
      width: 100%;
      margin-top: 0.4rem;
    }
  `,
})
export class RenameDialog {
  readonly #dialog = inject<MatDialogRef<RenameDialog, string>>(MatDialogRef);
  protected readonly title = signal(inject<string>(MAT_DIALOG_DATA));

  protected save(event: Event): void {
    event.preventDefault();
    if (this.title().trim() !== '') this.#dialog.close(this.title().trim());
  }
}
