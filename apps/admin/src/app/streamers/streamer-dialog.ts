import { Component, computed, inject, signal } from '@angular/core';
import { FormField, FormRoot, type TreeValidationResult, form, required, validate } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatOption, MatSelect } from '@angular/material/select';
import type { ProxyList, Streamer } from '@streamvault/api-contract';
import { ConsoleApi } from '../api/console-api';
import { type Trouble, describeTrouble } from '../api/trouble';
import { adChoices } from './ad-choices';
import { probeWords } from './probe-words';
import { ProxyChoice } from './proxy-choice';
import { qualitiesWith } from './qualities';

export interface StreamerDialogData {
  /** The one to edit; without it a new one is added. */
  readonly streamer?: Streamer;
  /** The options; without them the choice is not offered. */
  readonly proxies?: ProxyList;
}

/** What the server can record. If it cannot record an address, it says so at the field. */
const looksLikeSource = /^(https?|rtmps?|rtsps?|srt):\/\/[^\s/]+|^([a-z]+\.)?twitch\.tv\/./i;

/** Problems that are about one field although they name none. */
const aboutOneField: Readonly<Record<string, string>> = {
  'streamer.already-added': 'url',
  'streamer.source-not-supported': 'url',
  'streamer.unknown-proxy': 'proxies',
};

/** Credentials for the source; shown only if its kind has them. */
const credentials = [
  { name: 'user', label: 'User (RTSP)', type: 'text' },
  { name: 'password', label: 'Password (RTSP)', type: 'password' },
  { name: 'passphrase', label: 'Passphrase (SRT)', type: 'password' },
] as const;
const passphraseLengths = { least: 10, most: 79 };
/** What is not chosen here is left to the settings for all. */
const asForAll = 'As for all streamers';

/** Closes with the streamer as the server returned it, or with nothing if the user cancelled. */
@Component({
  selector: 'sv-streamer-dialog',
  imports: [
    FormField,
    FormRoot,
    MatButton,
    MatDialogActions,
    MatDialogClose,
    MatDialogContent,
    MatDialogTitle,
    MatError,
    MatFormField,
    MatHint,
    MatInput,
    MatLabel,
    MatOption,
    MatSelect,
    ProxyChoice,
  ],
  templateUrl: './streamer-dialog.html',
  styleUrl: './streamer-dialog.scss',
})
export class StreamerDialog {
  readonly #api = inject(ConsoleApi);
  readonly #dialog = inject<MatDialogRef<StreamerDialog, Streamer>>(MatDialogRef);
  readonly #data = inject<StreamerDialogData>(MAT_DIALOG_DATA);
  protected readonly streamer = this.#data.streamer;
  protected readonly qualities = qualitiesWith(this.streamer?.quality ?? 'best');
  protected readonly adChoices = adChoices;
  protected readonly credentials = credentials;
  protected readonly asForAll = asForAll;
  /** If there is something to choose, or something is chosen. */
  protected readonly proxies =
    this.#data.proxies?.items.some(({ canBeChosen }) => canBeChosen) || this.streamer?.proxies
      ? this.#data.proxies
      : undefined;
  protected readonly probe = signal<string | null>(null);
  protected readonly trouble = signal<Trouble | undefined>(undefined);

  protected readonly form = form(
    signal({
      url: this.streamer?.url ?? '',
      name: this.streamer?.name ?? '',
      quality: ownOf(this.streamer, 'quality', this.streamer?.quality),
      ads: ownOf(this.streamer, 'ads', this.streamer?.ads),
      autoRecord: ownOf(this.streamer, 'autoRecord', this.streamer?.autoRecord ? 'yes' : 'no'),
      proxies: wantedBy(this.streamer),
      user: '',
      password: '',
      passphrase: '',
    }),
    (path) => {
      required(path.url, { message: 'Paste the address of the stream.' });
      validate(path.url, ({ value }) =>
        this.streamer || value().trim() === '' || looksLikeSource.test(value().trim())
          ? undefined
          : {
              kind: 'url',
              message: 'Paste a Twitch channel, a playlist or a page (https://…), or an RTMP, RTSP or SRT address.',
            },
      );
      validate(path.name, ({ value }) =>
        value().trim().length > 200 ? { kind: 'long', message: 'At most 200 characters.' } : undefined,
      );
      validate(path.passphrase, ({ value }) => {
        const { length } = value();
        return length === 0 || (length >= passphraseLengths.least && length <= passphraseLengths.most)
          ? undefined
          : { kind: 'length', message: 'SRT wants 10 to 79 characters.' };
      });
    },
    {
      submission: {
        action: () => this.#save(),
        onInvalid: (field) => field().errorSummary()[0]?.fieldTree().focusBoundControl(),
      },
    },
  );

  protected readonly takesCredentials = computed(() =>
    this.streamer ? this.streamer.platform === 'stream' : /^(rtsps?|srt):/i.test(this.form.url().value().trim()),
  );

  /** What is at the address, shown soon after it is typed. Saving does not wait for it. */
  protected async look(): Promise<void> {
    const field = this.form.url();
    const url = field.value().trim();
    if (url === '' || !field.valid()) {
      this.probe.set(null);
      return;
    }
    this.probe.set('Checking the address…');
    let words: string | null;
    try {
      words = probeWords(await this.#api.probe(url));
    } catch (error) {
      const trouble = describeTrouble(error);
      // A wrong address is reported when it is added, and an unavailable server says nothing about the address.
      words = trouble.status === 400 ? trouble.detail : null;
    }
    // Another address was typed in the meantime.
    if (this.form.url().value().trim() === url) this.probe.set(words);
  }

  async #save(): Promise<TreeValidationResult> {
    const { url, name, proxies, quality, ads, autoRecord } = this.form().value();
    const trimmed = name.trim();
    const body = {
      ...(trimmed !== '' && { name: trimmed }),
      quality: quality === '' ? null : quality,
      ads: adChoices.find(({ value }) => value === ads)?.value ?? null,
      autoRecord: autoRecord === '' ? null : autoRecord === 'yes',
      ...this.#givenCredentials(),
      // A field that was not shown is not changed.
      ...(this.proxies && { proxies: proxies && [...proxies] }),
    };
    this.trouble.set(undefined);
    try {
      const saved = this.streamer
        ? await this.#api.changeStreamer(this.streamer.id, body)
        : await this.#api.addStreamer({ ...body, url: url.trim() });
      this.#dialog.close(saved);
      return undefined;
    } catch (error) {
      // Refused (a duplicate, not a stream) or not reachable: the message appears here, where it can be corrected.
      const trouble = describeTrouble(error);
      const known = this.#atTheirFields(trouble);
      if (known.length === 0) this.trouble.set(trouble);
      return known;
    }
  }

  /** Empty fields are not sent, so that stored values are not lost. */
  #givenCredentials() {
    if (!this.takesCredentials()) return {};
    const value = this.form().value();
    const given = credentials.map(({ name }) => [name, value[name]] as const).filter(([, text]) => text !== '');
    return given.length === 0 ? {} : { credentials: Object.fromEntries(given) };
  }

  #atTheirFields({ code, detail, fields }: Trouble) {
    const about = aboutOneField[code];
    const said = fields.length === 0 && about !== undefined ? [{ path: about, message: detail }] : fields;
    const { url, name, quality, ads, autoRecord, proxies } = this.form;
    // Only fields that are shown.
    const trees = {
      name,
      quality,
      ads,
      autoRecord,
      ...(!this.streamer && { url }),
      ...(this.proxies && { proxies }),
    };
    return said.flatMap(({ path, message }) => {
      // A list is one control: a problem with its third item is shown there too.
      const [field = ''] = path.split('.');
      const tree = Object.entries(trees).find(([key]) => key === field)?.[1];
      return tree ? [{ fieldTree: tree, kind: 'server', message }] : [];
    });
  }
}

/** The streamer's own choice; empty if it inherits the settings for all. */
const ownOf = (
  streamer: Streamer | undefined,
  name: 'quality' | 'ads' | 'autoRecord',
  value: string | undefined,
): string => (streamer === undefined || streamer.inherited?.includes(name) ? '' : (value ?? ''));

const wantedBy = (streamer: Streamer | undefined): readonly string[] | null => streamer?.proxies ?? null;
