import { Component, computed, inject, input, untracked } from '@angular/core';
import type { Part, Video, VideoFileKind } from '@streamvault/api-contract';
import { isAbout, liveQuery } from '../feed/live-query';
import { LibraryApi } from '../library/library-api';
import { partReason } from '../timeline/timeline-layout';
import { Clock } from '../ui/clock';
import { formatBytes, formatCodecs, formatDuration, formatWhen } from '../ui/formats';
import { TroublePanel } from '../ui/trouble-panel';

const kindWords = {
  video: 'Video',
  thumbnail: 'Thumbnail',
  storyboard: 'Storyboard',
  chapters: 'Chapters',
  subtitles: 'Subtitles',
  chat: 'Chat',
  info: 'Info file',
  nfo: 'For media servers',
  artwork: 'Picture for media servers',
  checksum: 'Checksum',
} as const satisfies Record<VideoFileKind, string>;

/** Where the server offers a file of this kind; Jellyfin's storyboard is for Jellyfin alone. */
function linkOf(id: number, kind: VideoFileKind, file: string) {
  if (kind === 'video') return { to: `/api/videos/${id}/download`, isDownload: true, label: 'Download the video' };
  if (kind === 'thumbnail')
    return { to: `/api/videos/${id}/thumbnail`, isDownload: false, label: 'Open the thumbnail' };
  if (kind === 'storyboard' && file.endsWith('.storyboard'))
    return { to: `/api/videos/${id}/storyboard.vtt`, isDownload: false, label: 'Open the storyboard' };
  return undefined;
}

/** The files on the disk: the video's file, and the parts from which it was made. */
@Component({
  selector: 'sv-file-list',
  imports: [TroublePanel],
  template: `
    @if (video()) {
      <dl class="sv-numbers" data-testid="file">
        @for (fact of facts(); track fact.name) {
          <div>
            <dt>{{ fact.name }}</dt>
            <dd>{{ fact.value }}</dd>
          </div>
        }
      </dl>
    } @else {
      <p class="sv-quiet">No video has been made yet.</p>
    }
    @if (files.trouble(); as trouble) {
      <sv-trouble [trouble]="trouble" (retry)="files.reload()" />
    } @else if (onDisk(); as listed) {
      <table data-testid="files">
        <caption>
          On the disk
        </caption>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Size</th>
            <th scope="col"><span class="sv-sr-only">Open</span></th>
          </tr>
        </thead>
        <tbody>
          @for (row of listed; track row.file) {
            <tr class="sv-numbers">
              <th scope="row">
                {{ row.what }}
                <span class="path" dir="auto">{{ row.file }}</span>
              </th>
              <td class="size">{{ row.size }}</td>
              <td>
                @if (row.link; as link) {
                  <a [href]="link.to" [attr.download]="link.isDownload ? '' : null" [attr.aria-label]="link.label">{{
                    link.isDownload ? 'Download' : 'Open'
                  }}</a>
                }
              </td>
            </tr>
          }
        </tbody>
      </table>
      @if (sha256(); as sum) {
        <dl>
          <div class="file">
            <dt>SHA-256 of the video</dt>
            <dd>{{ sum }}</dd>
          </div>
        </dl>
      }
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
      position: relative;
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
    .path {
      display: block;
      color: var(--mat-sys-on-surface-variant);
      font-weight: 450;
      font-family: var(--sv-mono);
      font-size: 0.8125rem;
      overflow-wrap: anywhere;
    }
    .size {
      white-space: nowrap;
    }
    th {
      color: var(--mat-sys-on-surface-variant);
      font-weight: 550;
    }
    tbody th {
      color: inherit;
    }
  `,
})
export class FileList {
  readonly video = input<Video>();
  readonly parts = input<readonly Part[]>([]);
  readonly #api = inject(LibraryApi);
  readonly #clock = inject(Clock);

  protected readonly files = liveQuery({
    params: () => this.video()?.id,
    load: (id) => this.#api.files(id),
    // A step that ended may have left a file.
    concerns: (event, id) => isAbout(`video-${id}`, `recording-${untracked(this.video)?.recordingId ?? 0}`)(event),
  });
  protected readonly sha256 = computed(() => this.files.value()?.sha256);
  protected readonly onDisk = computed(() => {
    const id = this.video()?.id;
    return this.files.value()?.items.map(({ file, bytes, kind }) => ({
      file,
      what: kindWords[kind],
      size: formatBytes(bytes),
      link: id === undefined ? undefined : linkOf(id, kind, file),
    }));
  });

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
