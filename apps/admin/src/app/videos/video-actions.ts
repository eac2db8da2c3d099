import { Component, inject, input, output } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import type { Video } from '@streamvault/api-contract';
import { Icon } from '../ui/icon';
import { VideoCommands } from './video-commands';

/** Keep, download, rename and bin. */
@Component({
  selector: 'sv-video-actions',
  imports: [Icon, MatButton, MatIconButton, MatMenu, MatMenuItem, MatMenuTrigger],
  template: `
    @if (video().bin === null) {
      <button
        matButton="outlined"
        type="button"
        [attr.aria-pressed]="video().protected"
        [disabled]="commands.isBusy(video())"
        (click)="keep()"
      >
        <sv-icon name="keep" /> {{ video().protected ? 'Kept' : 'Keep' }}
      </button>
      <a matButton="tonal" [href]="'/api/videos/' + video().id + '/download'" download>
        <sv-icon name="download" /> Download
      </a>
      <button matIconButton type="button" [matMenuTriggerFor]="menu" aria-label="More for this video">
        <sv-icon name="more" />
      </button>
      <mat-menu #menu="matMenu">
        <button mat-menu-item type="button" (click)="watched()">
          <sv-icon name="watched" /> {{ video().watchedAt === null ? 'Mark as watched' : 'Mark as not watched' }}
        </button>
        <button mat-menu-item type="button" (click)="rename()"><sv-icon name="edit" /> Rename</button>
        <button mat-menu-item type="button" [disabled]="video().protected" (click)="bin()">
          <sv-icon name="remove" /> {{ video().protected ? 'Move to bin (it is kept)' : 'Move to bin' }}
        </button>
      </mat-menu>
    } @else {
      <button matButton="filled" type="button" [disabled]="commands.isBusy(video())" (click)="restore()">
        <sv-icon name="past" /> Restore
      </button>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem;
      align-items: center;
    }
  `,
})
export class VideoActions {
  readonly video = input.required<Video>();
  readonly changed = output();
  protected readonly commands = inject(VideoCommands);

  protected async keep(): Promise<void> {
    if (await this.commands.toggleKept(this.video())) this.changed.emit();
  }
  protected async watched(): Promise<void> {
    if (await this.commands.toggleWatched(this.video())) this.changed.emit();
  }
  protected async rename(): Promise<void> {
    if (await this.commands.rename(this.video())) this.changed.emit();
  }
  protected async bin(): Promise<void> {
    if (await this.commands.bin(this.video())) this.changed.emit();
  }
  protected async restore(): Promise<void> {
    if (await this.commands.restore(this.video())) this.changed.emit();
  }
}
