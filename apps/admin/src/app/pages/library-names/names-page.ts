import { Component, computed, inject, linkedSignal } from '@angular/core';
import { rxResource } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { ChangeLibrarySettingsBody, NamesPreview } from '@streamvault/api-contract';
import { map, switchMap, timer } from 'rxjs';
import { describeTrouble } from '../../api/trouble';
import { Commands } from '../../commands/commands';
import { Notices } from '../../commands/notices';
import { liveQuery } from '../../feed/live-query';
import { LibraryApi } from '../../library/library-api';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/skeleton';
import { TroublePanel } from '../../ui/trouble-panel';
import { MovePanel } from './move-panel';

type Previewed = NamesPreview & { readonly template: string };

const typingMilliseconds = 300;
const presetWords = {
  streamer: 'A folder per streamer',
  tv: 'Like a series, for Kodi, Jellyfin, Emby and Plex',
  date: 'By date',
  flat: 'All in one folder',
} as const;
const besides = [
  { name: 'nfo', label: 'NFO files', about: 'Title, date and plot for Kodi, Jellyfin, Emby and Plex.' },
  { name: 'artwork', label: 'Pictures', about: 'The still once more, under the names that media servers look for.' },
  { name: 'trickplay', label: 'Jellyfin trickplay', about: 'Storyboards in the form that Jellyfin reads.' },
] as const;

/** How videos are named, what is written beside them, and moving what is there to other names. */
@Component({
  selector: 'sv-names-page',
  imports: [Icon, MatButton, MovePanel, RouterLink, Skeleton, TroublePanel],
  templateUrl: './names-page.html',
  styleUrl: './names-page.scss',
})
export default class NamesPage {
  readonly #api = inject(LibraryApi);
  readonly #notices = inject(Notices);
  protected readonly commands = inject(Commands);
  protected readonly presetWords = presetWords;
  protected readonly besides = besides;

  protected readonly settings = liveQuery({ params: () => ({}), load: () => this.#api.settings() });
  protected readonly template = linkedSignal(() => this.settings.value()?.template ?? '');
  protected readonly isChanged = computed(() => this.template().trim() !== this.settings.value()?.template);
  protected readonly preset = computed(
    () => this.settings.value()?.presets.find(({ template }) => template === this.template().trim())?.name ?? null,
  );

  readonly #preview = rxResource({
    params: () => (this.settings.value() === undefined ? undefined : this.template()),
    // Asked when the typing pauses; another letter calls it off.
    stream: ({ params: template }) =>
      timer(typingMilliseconds).pipe(
        switchMap(() => this.#api.previewNames(template)),
        map((preview) => ({ template, ...preview })),
      ),
  });
  readonly #latest = computed(() => (this.#preview.hasValue() ? this.#preview.value() : undefined));
  /** What was shown last stays until the next answer is there: a list that comes and goes cannot be read. */
  protected readonly preview = linkedSignal<Previewed | undefined, Previewed | undefined>({
    source: this.#latest,
    computation: (now, before) => now ?? before?.value,
  });
  protected readonly previewTrouble = computed(() => {
    const error = this.#preview.error();
    return error === undefined ? undefined : describeTrouble(error.cause ?? error);
  });
  protected readonly problems = computed(() => this.preview()?.problems ?? []);
  protected readonly canSave = computed(
    () => this.isChanged() && this.preview()?.template === this.template() && this.problems().length === 0,
  );

  /** Behind what is written already: a caret that was lost to the button is not to be found again. */
  protected insert(field: string): void {
    this.template.update((text) => `${text}{${field}}`);
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    if (this.canSave()) await this.#change({ template: this.template().trim() }, 'New videos are named like this.');
  }

  protected async choose(name: 'nfo' | 'artwork' | 'trickplay', isWanted: boolean): Promise<void> {
    await this.#change({ [name]: isWanted }, isWanted ? 'Written for every video.' : 'No longer written.');
  }

  async #change(body: ChangeLibrarySettingsBody, done: string): Promise<void> {
    if (await this.commands.run('library-settings', () => this.#api.changeSettings(body))) this.#notices.done(done);
    this.settings.reload();
  }
}
