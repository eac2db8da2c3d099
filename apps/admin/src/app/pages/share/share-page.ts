import { Component, DestroyRef, type OnInit, ViewEncapsulation, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { OpenedShare } from '@streamvault/api-contract';
import { type Trouble, describeTrouble } from '../../api/trouble';
import { Player } from '../../player/player';
import { SharesApi } from '../../shares/shares-api';
import { Clock } from '../../ui/clock';
import { formatDuration, formatWhen } from '../../ui/formats';
import { secondsOf } from '../../ui/seconds-of';

/** A running broadcast is fetched again from time to time, because it becomes a video. */
const liveEveryMilliseconds = 30_000;

/** The page for visitors with a link and no account. */
@Component({
  selector: 'sv-share-page',
  imports: [MatButton, Player],
  host: { class: 'shared' },
  template: `
    @if (opened(); as share) {
      <article>
        <sv-player
          [label]="share.title"
          [playlist]="share.playlistUrl"
          [file]="share.fileUrl"
          [poster]="share.thumbnailUrl"
          [chapters]="share.chapters"
          [startAt]="startAt()"
        />
        <h1 dir="auto">{{ share.title }}</h1>
        <p class="sv-quiet" dir="auto">{{ facts() }}</p>
        @if (share.downloadUrl; as address) {
          <p><a matButton="tonal" [href]="address" download>Download</a></p>
        }
      </article>
    } @else if (needsPassword()) {
      <form class="sv-card alone" (submit)="enter($event, password.value)">
        <h1>This link has a password</h1>
        @if (trouble()?.code === 'share.password-wrong' || trouble()?.status === 429) {
          <p role="alert">{{ trouble()?.detail }}</p>
        }
        <label>Password <input #password name="password" type="password" required autocomplete="off" /></label>
        <button matButton="filled" type="submit">Open</button>
      </form>
    } @else if (trouble(); as words) {
      <section class="sv-card alone">
        <h1>
          {{ words.status === 404 ? 'This link does not exist (any more)' : 'This link cannot be opened right now' }}
        </h1>
        <p>
          {{ words.status === 404 ? 'It was revoked or has expired. Ask for another one.' : words.detail }}
        </p>
        @if (words.status !== 404) {
          <p><button matButton="tonal" type="button" (click)="open()">Try again</button></p>
        }
      </section>
    }
  `,
  encapsulation: ViewEncapsulation.None,
  styleUrl: './share-page.scss',
})
export default class SharePage implements OnInit {
  /** From the address. */
  readonly token = input.required<string>();
  /** From the address: `?t=90`. */
  readonly t = input<string>();
  protected readonly startAt = computed(() => secondsOf(this.t()));
  readonly #api = inject(SharesApi);
  readonly #clock = inject(Clock);
  readonly #gone = inject(DestroyRef);
  #password: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  protected readonly opened = signal<OpenedShare | undefined>(undefined);
  protected readonly trouble = signal<Trouble | undefined>(undefined);
  protected readonly needsPassword = computed(
    () =>
      this.trouble()?.code.startsWith('share.password') === true ||
      (this.trouble()?.status === 429 && this.#wasAsked()),
  );
  readonly #wasAsked = signal(false);
  protected readonly facts = computed(() => {
    const share = this.opened();
    if (!share) return '';
    const { streamerName, category, recordedAt, durationSeconds, isLive } = share;
    return [
      streamerName,
      ...(category === null ? [] : [category]),
      ...(isLive ? ['live'] : recordedAt === null ? [] : [formatWhen(recordedAt, this.#clock.now())]),
      ...(durationSeconds === null ? [] : [formatDuration(durationSeconds)]),
    ].join(' · ');
  });

  constructor() {
    this.#gone.onDestroy(() => clearTimeout(this.#timer));
  }

  ngOnInit(): void {
    void this.open();
  }

  protected enter(event: Event, password: string): void {
    event.preventDefault();
    this.#password = password;
    void this.open();
  }

  protected async open(): Promise<void> {
    try {
      const share = await this.#api.open(this.token(), this.#password);
      this.#show(share);
      this.trouble.set(undefined);
    } catch (error) {
      const trouble = describeTrouble(error);
      if (trouble.code.startsWith('share.password')) this.#wasAsked.set(true);
      // If only the connection broke, playback continues. If the link has ended, the page ends.
      if (trouble.status === 404 || !this.opened()) {
        this.opened.set(undefined);
        this.trouble.set(trouble);
      }
    }
    this.#again();
  }

  /** Addresses that are playing stay as they are, or the player would begin again. */
  #show(share: OpenedShare): void {
    const before = this.opened();
    const isSame = before && before.isLive === share.isLive && (before.fileUrl === null) === (share.fileUrl === null);
    const isGood = before && Date.parse(before.signedUntil) - this.#clock.now() > 3_600_000;
    if (!isSame || !isGood) this.opened.set(share);
  }

  #again(): void {
    clearTimeout(this.#timer);
    const share = this.opened();
    if (!share || this.#gone.destroyed) return;
    const untilOver = Date.parse(share.signedUntil) - this.#clock.now();
    const wait =
      share.fileUrl === null ? liveEveryMilliseconds : Math.max(liveEveryMilliseconds, untilOver - 1_800_000);
    this.#timer = setTimeout(() => void this.open(), Math.min(wait, 3_600_000));
  }
}
