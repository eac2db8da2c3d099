import { Service, inject } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import type { Video } from '@streamvault/api-contract';
import { firstValueFrom } from 'rxjs';
import { ConsoleApi } from '../api/console-api';
import { Commands } from '../commands/commands';
import { Notices } from '../commands/notices';
import { LibraryApi } from '../library/library-api';
import { WatchPositions } from '../player/watch-positions';
import type { RenameDialog } from './rename-dialog';

const undoMilliseconds = 10_000;

/** The commands about a video for all pages. Each returns the video as it is then, or undefined if nothing was done. */
@Service()
export class VideoCommands {
  readonly #api = inject(ConsoleApi);
  readonly #commands = inject(Commands);
  readonly #dialog = inject(MatDialog);
  readonly #library = inject(LibraryApi);
  readonly #notices = inject(Notices);
  readonly #positions = inject(WatchPositions);

  keyOf({ id }: Pick<Video, 'id'>): string {
    return `video-${id}`;
  }

  isBusy(video: Pick<Video, 'id'>): boolean {
    return this.#commands.isBusy(this.keyOf(video));
  }

  async toggleKept(video: Video): Promise<Video | undefined> {
    const changed = await this.#commands.run(this.keyOf(video), () =>
      this.#api.changeVideo(video.id, { protected: !video.protected }),
    );
    if (changed) {
      this.#notices.done(
        changed.protected ? 'Kept: no cleanup rule removes this video.' : 'Cleanup rules may remove this video again.',
      );
    }
    return changed;
  }

  /** The mark that it was watched to its end, which cleanup rules go by; what is marked need not be gone on with. */
  toggleWatched(video: Video): Promise<Video | undefined> {
    return this.#commands.run(this.keyOf(video), async () => {
      const changed = await this.#library.markWatched(video.id, video.watchedAt === null);
      if (changed.watchedAt !== null) await this.#positions.forget(video.id);
      return changed;
    });
  }

  async rename(video: Video): Promise<Video | undefined> {
    const { RenameDialog: dialog } = await import('./rename-dialog');
    const opened = this.#dialog.open<RenameDialog, string, string>(dialog, { data: video.title, width: '32rem' });
    const title = await firstValueFrom(opened.afterClosed());
    if (title === undefined || title === video.title) return undefined;
    return this.#commands.run(this.keyOf(video), () => this.#api.changeVideo(video.id, { title }));
  }

  /** Moves it to the bin, and restores it if the user undoes that in time. */
  async bin(video: Video): Promise<Video | undefined> {
    const binned = await this.#commands.run(this.keyOf(video), () => this.#api.binVideo(video.id));
    if (!binned) return undefined;
    void this.#notices.undoable(`“${video.title}” is in the bin.`, undoMilliseconds).then((isUndone) => {
      if (isUndone) void this.restore(video);
    });
    return binned;
  }

  restore(video: Pick<Video, 'id'>): Promise<Video | undefined> {
    return this.#commands.run(this.keyOf(video), () => this.#api.restoreVideo(video.id));
  }
}
