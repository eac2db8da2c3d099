import { Component, computed, inject, input, linkedSignal, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { CredentialName, NoticeKind, NotificationTarget, Streamer } from '@streamvault/api-contract';
import { type Trouble, describeTrouble } from '../../../api/trouble';
import { PushUnavailable, subscribeBrowser } from './browser-push';
import { type Manner, MannerFields, plainManner } from './manner-fields';
import { NotificationsApi } from './notifications-api';
import {
  type TargetKind,
  initialValues,
  kindOfTarget,
  kindsOfTarget,
  noticeChoices,
  settingsOf,
} from './target-fields';

/** A target to add or to change. Secrets are never shown: an empty field keeps the stored one. */
@Component({
  selector: 'sv-target-form',
  imports: [MannerFields, MatButton],
  templateUrl: './target-form.html',
  styleUrl: './target-form.scss',
})
export class TargetForm {
  readonly target = input<NotificationTarget>();
  readonly streamers = input<readonly Streamer[]>([]);
  readonly saved = output<NotificationTarget>();
  readonly closed = output();

  readonly #api = inject(NotificationsApi);
  protected readonly kinds = kindsOfTarget;
  protected readonly notices = noticeChoices;
  protected readonly busy = signal(false);
  protected readonly trouble = signal<Trouble | undefined>(undefined);

  protected readonly name = linkedSignal(() => this.target()?.name ?? '');
  protected readonly kind = linkedSignal<TargetKind>(() => this.target()?.settings.kind ?? 'discord');
  protected readonly described = computed(() => kindOfTarget(this.kind()));
  protected readonly values = linkedSignal(() => initialValues(this.kind(), this.target()));
  protected readonly secrets = linkedSignal<TargetKind, Readonly<Partial<Record<CredentialName, string>>>>({
    source: this.kind,
    computation: () => ({}),
  });
  /** null: all of them. */
  protected readonly chosenNotices = linkedSignal(() => this.target()?.kinds ?? null);
  protected readonly chosenStreamers = linkedSignal(() => this.target()?.streamerIds ?? null);

  protected readonly manner = linkedSignal<Manner>(() => {
    const target = this.target();
    return target ? { quiet: target.quiet, digestAt: target.digestAt, templates: target.templates } : plainManner;
  });

  protected setKind(kind: string): void {
    const known = kindOfTarget(kind);
    if (known) this.kind.set(known.kind);
  }
  protected setValue(name: string, value: string): void {
    this.values.update((before) => ({ ...before, [name]: value }));
  }
  protected setSecret(name: CredentialName, value: string): void {
    this.secrets.update((before) => ({ ...before, [name]: value }));
  }
  protected isKept(name: CredentialName): boolean {
    return this.target()?.credentials[name]?.set ?? false;
  }
  protected toggleNotice(kind: NoticeKind): void {
    this.chosenNotices.update((before) =>
      toggled(
        before,
        kind,
        noticeChoices.map((one) => one.kind),
      ),
    );
  }
  protected toggleStreamer(id: number): void {
    this.chosenStreamers.update((before) =>
      toggled(
        before,
        id,
        this.streamers().map((streamer) => streamer.id),
      ),
    );
  }

  async #subscribed(): Promise<string> {
    const { publicKey, problem } = await this.#api.pushKey();
    if (publicKey === null) throw new PushUnavailable(problem ?? 'The server cannot push.');
    return subscribeBrowser(publicKey);
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy()) return;
    this.busy.set(true);
    this.trouble.set(undefined);
    const target = this.target();
    const given: Record<string, string> = Object.fromEntries(
      Object.entries(this.secrets()).filter(([, text]) => text !== ''),
    );
    const body = {
      name: this.name().trim(),
      settings: settingsOf(this.kind(), this.values()),
      credentials: given,
      kinds: this.chosenNotices(),
      streamerIds: this.chosenStreamers(),
      ...this.manner(),
    };
    try {
      if (this.kind() === 'webpush' && !target) given['subscription'] = await this.#subscribed();
      this.saved.emit(await (target ? this.#api.change(target.id, body) : this.#api.add({ ...body, enabled: true })));
    } catch (error) {
      // The server's refusal is shown here, where it can be corrected.
      const trouble = describeTrouble(error);
      // A refusal of the browser has no message from the server.
      this.trouble.set(
        error instanceof PushUnavailable
          ? { ...trouble, title: 'This browser cannot be notified', detail: error.message }
          : trouble,
      );
    } finally {
      this.busy.set(false);
    }
  }
}

/** With it or without it; null if that is all of them. */
function toggled<Item>(chosen: readonly Item[] | null, item: Item, all: readonly Item[]): Item[] | null {
  const before = chosen ?? all;
  const next = before.includes(item) ? before.filter((other) => other !== item) : [...before, item];
  return all.every((one) => next.includes(one)) ? null : next;
}
