import { Component, computed, inject, input } from '@angular/core';
import type { Part, Video } from '@streamvault/api-contract';
import { partReason } from '../timeline/timeline-layout';
import { Clock } from '../ui/clock';
import { formatBytes, formatCodecs, formatDuration, formatWhen } from '../ui/formats';

/** What lies on the disk: the video's file, and the parts that it was made of. */
@Component({
  selector: 'sv-file-list',
  template: `
    @if (video(); as made) {
      <dl class="sv-numbers" data-testid="file">
        @for (fact of facts(); track fact.name) {
          <div>
            <dt>{{ fact.name }}</dt>
            <dd>{{ fact.value }}</dd>
          </div>
        }
        <div class="file">
          <dt>File</dt>
          <dd dir="auto">{{ made.fileName }}</dd>
        </div>
      </dl>
    } @else {
      <p class="sv-quiet">No video has been made yet.</p>
    }
    @if (rows().length > 0) {
      <table>
        <caption>
          Recorded in
          {{
            rows().length === 1 ? 'one part' : rows().length + ' parts'
          }}
        </caption>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Begun</th>
            <th scope="col">Length</th>
            <th scope="col">Size</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          @for (row of rows(); track row.number) {
            <tr class="sv-numbers">
              <td>{{ row.number }}</td>
              <td>{{ row.begun }}</td>
              <td>{{ row.length }}</td>
              <td>{{ row.size }}</td>
              <td>{{ row.why }}</td>
            </tr>
          }
        </tbody>
      </table>
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 1.25rem;
      overflow-x: auto;
    }
    dl {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 9rem), 1fr));
      gap: 0.9rem 1.5rem;
    }
    .file {
      grid-column: 1 / -1;
    }
    dt {
      color: var(--mat-sys-on-surface-variant);
      font-size: 0.8125rem;
    }
    dd {
      font-weight: 600;
      overflow-wrap: anywhere;
    }
    .file dd {
      font-family: var(--sv-mono);
      font-size: 0.8125rem;
      font-weight: 450;
    }
    table {
      border-collapse: collapse;
      font-size: 0.875rem;
    }
    caption {
      padding-bottom: 0.3rem;
      font-weight: 600;
      text-align: start;
    }
    th,
    td {
      padding: 0.35rem 0.9rem 0.35rem 0;
      border-bottom: 1px solid var(--sv-line);
      text-align: start;
    }
    th {
      color: var(--mat-sys-on-surface-variant);
      font-weight: 550;
    }
  `,
})
export class FileList {
  readonly video = input<Video>();
  readonly parts = input<readonly Part[]>([]);
  readonly #clock = inject(Clock);

  protected readonly facts = computed(() => {
    const video = this.video();
    if (!video) return [];
    const { width, height, codecs } = video;
    return [
      { name: 'Recorded', value: formatWhen(video.recordedAt, this.#clock.now()) },
      { name: 'Duration', value: formatDuration(video.durationSeconds) },
      { name: 'Size', value: formatBytes(video.bytes) },
      ...(width !== null && height !== null ? [{ name: 'Picture', value: `${width} × ${height}` }] : []),
      ...(codecs !== null ? [{ name: 'Codecs', value: formatCodecs(codecs) }] : []),
      ...(video.category !== null ? [{ name: 'Category', value: video.category }] : []),
      ...(video.protected ? [{ name: 'Kept', value: 'No cleanup rule removes it' }] : []),
    ];
  });
  protected readonly rows = computed(() =>
    this.parts().map(({ number, openedAt, durationSeconds, bytes, reason }) => ({
      number,
      begun: formatWhen(openedAt, this.#clock.now()),
      length: formatDuration(durationSeconds),
      size: formatBytes(bytes),
      why: partReason(reason).replace(/^begun:? /, ''),
    })),
  );
}
