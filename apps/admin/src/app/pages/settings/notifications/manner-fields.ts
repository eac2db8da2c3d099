import { Component, computed, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { NoticeKind, NoticePreview, NoticeTemplate, NotificationTarget } from '@streamvault/api-contract';
import { type Trouble, describeTrouble } from '../../../api/trouble';
import { NotificationsApi } from './notifications-api';
import { noticeChoices } from './target-fields';

export type Manner = Pick<NotificationTarget, 'quiet' | 'digestAt' | 'templates'>;
export const plainManner: Manner = { quiet: null, digestAt: null, templates: {} };
/** As the server names them. */
const variables = ['streamer', 'show', 'title', 'text', 'kind', 'severity', 'at', 'link'] as const;
const written = variables.map((name) => `{{${name}}}`).join(', ');

/** How a target is notified: quiet hours, digest, and templates with a preview. */
@Component({
  selector: 'sv-manner-fields',
  imports: [MatButton],
  template: `
    <details [open]="isChanged()">
      <summary>When and in which words</summary>
      <div class="fields">
        <div class="row">
          <label class="sv-field">
            Quiet from
            <input
              #from
              class="sv-input"
              type="time"
              name="quiet-from"
              [value]="manner().quiet?.from ?? ''"
              (change)="setQuiet(from.value, to.value)"
            />
          </label>
          <label class="sv-field">
            until
            <input
              #to
              class="sv-input"
              type="time"
              name="quiet-to"
              [value]="manner().quiet?.to ?? ''"
              (change)="setQuiet(from.value, to.value)"
            />
          </label>
          <label class="sv-field">
            All together, once a day at
            <input
              #digest
              class="sv-input"
              type="time"
              name="digest"
              [value]="manner().digestAt ?? ''"
              (change)="change({ digestAt: digest.value || null })"
            />
          </label>
        </div>
        <p class="sv-quiet small">Failures are still sent at once.</p>
        <label class="sv-field">
          Words for
          <select #about class="sv-input" name="template-kind" (change)="choose(about.value)">
            @for (notice of notices; track notice.kind) {
              <option [value]="notice.kind" [selected]="notice.kind === kind()">
                {{ notice.label }}{{ manner().templates[notice.kind] ? ' (own words)' : '' }}
              </option>
            }
          </select>
        </label>
        <label class="sv-field">
          Title, if empty StreamVault’s own
          <input
            #title
            class="sv-input"
            name="template-title"
            maxlength="300"
            autocomplete="off"
            [value]="template().title ?? ''"
            (input)="setTemplate(title.value, text.value)"
          />
        </label>
        <label class="sv-field">
          Text, if empty StreamVault’s own
          <textarea
            #text
            class="sv-input"
            name="template-text"
            rows="3"
            maxlength="3000"
            [value]="template().text ?? ''"
            (input)="setTemplate(title.value, text.value)"
          ></textarea>
        </label>
        <p class="sv-quiet small">Variables: {{ variables }}</p>
        <button matButton type="button" class="look" (click)="look()">Preview</button>
        @if (preview(); as seen) {
          <div class="preview" role="status" data-testid="preview">
            <p class="title" dir="auto">{{ seen.title }}</p>
            <p dir="auto">{{ seen.text }}</p>
          </div>
        }
        @if (trouble(); as words) {
          <p class="problem" role="alert">
            {{ words.detail }}
            @for (field of words.fields; track field.path) {
              {{ field.message }}
            }
          </p>
        }
      </div>
    </details>
  `,
  styles: `
    summary {
      min-height: 2rem;
      cursor: pointer;
    }
    .fields {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 0.75rem;
      padding-top: 0.5rem;
    }
    .row {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr));
      gap: 0.75rem 1rem;
      align-items: end;
    }
    .small {
      font-size: 0.8125rem;
      overflow-wrap: anywhere;
    }
    .look {
      justify-self: start;
    }
    .preview {
      padding: 0.6rem 0.9rem;
      border: 1px solid var(--sv-line);
      border-radius: var(--sv-radius-small);
      overflow-wrap: anywhere;
      white-space: pre-line;
    }
    .title {
      font-weight: 600;
    }
    .problem {
      color: var(--mat-sys-error);
    }
  `,
})
export class MannerFields {
  readonly manner = input.required<Manner>();
  readonly changed = output<Manner>();
  readonly #api = inject(NotificationsApi);
  protected readonly notices = noticeChoices;
  protected readonly variables = written;
  protected readonly kind = signal<NoticeKind>('recording.completed');
  protected readonly preview = signal<NoticePreview | undefined>(undefined);
  protected readonly trouble = signal<Trouble | undefined>(undefined);
  protected readonly template = computed((): NoticeTemplate => this.manner().templates[this.kind()] ?? emptyTemplate);
  protected readonly isChanged = computed(() => JSON.stringify(this.manner()) !== JSON.stringify(plainManner));

  protected change(change: Partial<Manner>): void {
    this.changed.emit({ ...this.manner(), ...change });
  }
  protected choose(kind: string): void {
    const known = noticeChoices.find((notice) => notice.kind === kind);
    if (known) this.kind.set(known.kind);
    this.#forget();
  }
  /** A half-filled pair is kept until the other half is typed; until then the server's message is shown. */
  protected setQuiet(from: string, to: string): void {
    this.change({ quiet: from === '' && to === '' ? null : { from, to, zone: this.manner().quiet?.zone ?? null } });
  }
  protected setTemplate(title: string, text: string): void {
    const { [this.kind()]: _, ...others } = this.manner().templates;
    const own = { title: title.trim() === '' ? null : title, text: text.trim() === '' ? null : text };
    const isOwn = own.title !== null || own.text !== null;
    this.change({ templates: isOwn ? { ...others, [this.kind()]: own } : others });
    this.#forget();
  }

  protected async look(): Promise<void> {
    this.#forget();
    try {
      this.preview.set(await this.#api.preview({ kind: this.kind(), template: this.template() }));
    } catch (error) {
      // A variable does not exist, or the server is unavailable: the message appears beside the text.
      this.trouble.set(describeTrouble(error));
    }
  }

  #forget(): void {
    this.preview.set(undefined);
    this.trouble.set(undefined);
  }
}

const emptyTemplate: NoticeTemplate = { title: null, text: null };
