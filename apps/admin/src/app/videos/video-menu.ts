import { Component, inject, input, output } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatMenu, MatMenuContent, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import type { Video } from '@streamvault/api-contract';
import { Icon } from '../ui/icon';
import { VideoCommands } from './video-commands';

/** The actions for a video, behind one button. */
@Component({
  selector: 'sv-video-menu',
  imports: [Icon, MatIconButton, MatMenu, MatMenuContent, MatMenuItem, MatMenuTrigger],
  template: `
    <button
      matIconButton
      type="button"
      [matMenuTriggerFor]="menu"
      [disabled]="commands.isBusy(video())"
      [attr.aria-label]="'More for ' + video().title"
    >
      <sv-icon name="more" />
    </button>
    <mat-menu #menu="matMenu">
      <ng-template matMenuContent>
        <button mat-menu-item type="button" (click)="keep()">
          <sv-icon name="keep" /> {{ video().protected ? 'Do not keep' : 'Keep' }}
        </button>
        <a mat-menu-item [href]="'/api/videos/' + video().id + '/download'" download>
          <sv-icon name="download" /> Download
        </a>
        <button mat-menu-item type="button" (click)="watched()">
          <sv-icon name="watched" /> {{ video().watchedAt === null ? 'Mark as watched' : 'Mark as not watched' }}
        </button>
        <button mat-menu-item type="button" (click)="rename()"><sv-icon name="edit" /> Rename</button>
        <button mat-menu-item type="button" [disabled]="video().protected" (click)="bin()">
          <sv-icon name="remove" /> {{ video().protected ? 'Move to bin (it is kept)' : 'Move to bin' }}
        </button>
      </ng-template>
    </mat-menu>
  `,
})
export class VideoMenu {
  readonly video = input.required<Video>();
  /** As it is then. */
  readonly changed = output<Video>();
  protected readonly commands = inject(VideoCommands);

  protected async keep(): Promise<void> {
    this.#tell(await this.commands.toggleKept(this.video()));
  }
  protected async watched(): Promise<void> {
    this.#tell(await this.commands.toggleWatched(this.video()));
  }
  protected async rename(): Promise<void> {
    this.#tell(await this.commands.rename(this.video()));
  }
  protected async bin(): Promise<void> {
    this.#tell(await this.commands.bin(this.video()));
  }

  #tell(video: Video | undefined): void {
    if (video) this.changed.emit(video);
  }
}
