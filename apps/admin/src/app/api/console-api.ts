import { HttpClient, type HttpParams } from '@angular/common/http';
import { Service, inject } from '@angular/core';
import type {
  AddStreamerBody,
  AuditEvent,
  AuditEvents,
  ChangeStreamerBody,
  ChangeVideoBody,
  DemoAvailability,
  EmptiedBinAnswer,
  Health,
  JobDescription,
  Lifecycle,
  LoggedEvent,
  MissingElsewhere,
  Page,
  Projections,
  ProxyList,
  QueueItem,
  Recording,
  RecordingAnswer,
  SourceProbe,
  StreamDiff,
  StreamState,
  Streamer,
  Video,
  VideoPage,
} from '@streamvault/api-contract';
import { EMPTY, type Observable, expand, firstValueFrom, last, map, reduce, take } from 'rxjs';

export type VideoSort = 'recordedAt' | '-recordedAt' | 'durationSeconds' | '-durationSeconds' | 'bytes' | '-bytes';
/** As the contract's `listVideosQuery`. */
export interface VideosQuery {
  readonly sort: VideoSort;
  readonly q?: string;
  readonly streamerId?: number;
  readonly category?: string;
  readonly from?: string;
  readonly to?: string;
  readonly minSeconds?: number;
  readonly maxSeconds?: number;
  readonly hasGaps?: 'true' | 'false';
  readonly kept?: 'true' | 'false';
  readonly watched?: 'true' | 'false';
}
export type EventsQuery = Query & { readonly order: 'newest' | 'oldest' };
/** How often the log is asked for one list before it is shown as it is. */
const mostLooks = 25;
type Query = Readonly<Record<string, string | number>>;

/** The server's routes as typed calls. Errors come through as they are; `describeTrouble` puts them into words. */
@Service()
export class ConsoleApi {
  readonly #http = inject(HttpClient);

  health(): Observable<Health> {
    return this.#http.get<Health>('/health');
  }

  /** Every streamer: a list that a person keeps is small enough to be shown whole. */
  streamers(): Observable<Streamer[]> {
    return this.#pages<Streamer>('/api/streamers', { limit: 200 }, Infinity).pipe(map(({ items }) => items));
  }
  streamer(id: string): Observable<Streamer> {
    return this.#http.get<Streamer>(`/api/streamers/${encodeURIComponent(id)}`);
  }
  addStreamer(body: AddStreamerBody): Promise<Streamer> {
    return firstValueFrom(this.#http.post<Streamer>('/api/streamers', body));
  }
  /** Checks once what is at an address. */
  probe(url: string): Promise<SourceProbe> {
    return firstValueFrom(this.#http.post<SourceProbe>('/api/sources/probe', { url }));
  }
  changeStreamer(id: number, body: ChangeStreamerBody): Promise<Streamer> {
    return firstValueFrom(this.#http.patch<Streamer>(`/api/streamers/${id}`, body));
  }
  removeStreamer(id: number): Promise<unknown> {
    return firstValueFrom(this.#http.delete(`/api/streamers/${id}`));
  }
  proxies(): Promise<ProxyList> {
    return firstValueFrom(this.#http.get<ProxyList>('/api/proxies'));
  }
  demo(): Observable<DemoAvailability> {
    return this.#http.get<DemoAvailability>('/api/demo');
  }
  addDemo(): Promise<Streamer> {
    return firstValueFrom(this.#http.post<Streamer>('/api/demo', {}));
  }

  start(streamerId: number): Promise<RecordingAnswer> {
    return firstValueFrom(this.#http.post<RecordingAnswer>(`/api/recording/start/${streamerId}`, {}));
  }
  stop(streamerId: number): Promise<RecordingAnswer> {
    return firstValueFrom(this.#http.post<RecordingAnswer>(`/api/recording/stop/${streamerId}`, {}));
  }

  /** The first `pages` pages of the list, newest first. */
  recordings(
    query: { state?: string; streamerId?: number; limit?: number },
    pages: number,
  ): Observable<Page<Recording>> {
    return this.#pages<Recording>('/api/recordings', query, pages);
  }
  recording(id: string): Observable<Recording> {
    return this.#http.get<Recording>(`/api/recordings/${encodeURIComponent(id)}`);
  }
  /** Where its gaps can be watched on its platform. */
  missingElsewhere(id: number): Observable<MissingElsewhere> {
    return this.#http.get<MissingElsewhere>(`/api/recordings/${id}/missing-elsewhere`);
  }
  /** Begins to fetch what a gap is missing from the platform's own video. */
  fillGap(id: number, from: string): Promise<Recording> {
    return firstValueFrom(this.#http.post<Recording>(`/api/recordings/${id}/gaps/fill`, { from }));
  }
  story(id: string): Observable<LoggedEvent[]> {
    return this.#http.get<LoggedEvent[]>(`/api/recordings/${encodeURIComponent(id)}/events`);
  }
  lifecycle(): Observable<Lifecycle> {
    return this.#http.get<Lifecycle>('/api/recordings/lifecycle');
  }
  /** The answer names the recording that is made: this one, or a new one where this one failed long ago. */
  retryRecording(id: number): Promise<RecordingAnswer> {
    return firstValueFrom(this.#http.post<RecordingAnswer>(`/api/recordings/${id}/retry`, {}));
  }
  cancelRecording(id: number): Promise<unknown> {
    return firstValueFrom(this.#http.post(`/api/recordings/${id}/cancel`, {}));
  }
  queue(): Observable<QueueItem[]> {
    return this.#http.get<Page<QueueItem>>('/api/queue').pipe(map(({ items }) => items));
  }
  retryStep(id: number, name: string): Promise<unknown> {
    return firstValueFrom(this.#http.post(`/api/recordings/${id}/steps/${encodeURIComponent(name)}/retry`, {}));
  }
  skipStep(id: number, name: string): Promise<unknown> {
    return firstValueFrom(this.#http.post(`/api/recordings/${id}/steps/${encodeURIComponent(name)}/skip`, {}));
  }
  playlistUrl(recordingId: number): string {
    return `/api/recordings/${recordingId}/playlist.m3u8?latency=low`;
  }

  videos(query: { q?: string; sort: VideoSort }, pages: number, limit = 48): Observable<Page<Video>> {
    return this.#pages<Video>('/api/videos', { ...query, limit }, pages);
  }
  videoPage(query: VideosQuery & { readonly limit: number; readonly cursor?: string }): Observable<VideoPage> {
    return this.#http.get<VideoPage>('/api/videos', { params: { ...query } });
  }
  changeVideo(id: number, body: ChangeVideoBody): Promise<Video> {
    return firstValueFrom(this.#http.patch<Video>(`/api/videos/${id}`, body));
  }
  binVideo(id: number): Promise<Video> {
    return firstValueFrom(this.#http.delete<Video>(`/api/videos/${id}`));
  }
  restoreVideo(id: number): Promise<Video> {
    return firstValueFrom(this.#http.post<Video>(`/api/videos/${id}/restore`, {}));
  }
  bin(pages: number): Observable<Page<Video>> {
    return this.#pages<Video>('/api/cleanup/bin', { limit: 48 }, pages);
  }
  emptyBin(): Promise<EmptiedBinAnswer> {
    return firstValueFrom(this.#http.post<EmptiedBinAnswer>('/api/cleanup/bin/empty', {}));
  }
  jobs(): Observable<JobDescription[]> {
    return this.#http.get<{ items: JobDescription[] }>('/api/jobs').pipe(map(({ items }) => items));
  }
  runJob(name: string): Promise<unknown> {
    return firstValueFrom(this.#http.post(`/api/jobs/${encodeURIComponent(name)}/run`, {}));
  }
  pauseJob(name: string, paused: boolean): Promise<unknown> {
    return firstValueFrom(this.#http.patch(`/api/jobs/${encodeURIComponent(name)}`, { paused }));
  }
  video(id: string): Observable<Video> {
    return this.#http.get<Video>(`/api/videos/${encodeURIComponent(id)}`);
  }

  /**
   * A page of the log; `query` as the contract's `auditEventsQuery`. If almost nothing matches, the server stops after
   * a while and answers with a short page and its position. The console then asks it to continue until there are
   * `enough` events, the log is at its end, or the user has waited long enough.
   */
  events(query: EventsQuery, enough: number): Observable<AuditEvents> {
    const cursorName = query.order === 'newest' ? 'before' : 'after';
    const ask = (cursor: string | null): Observable<AuditEvents> =>
      this.#http.get<AuditEvents>('/api/audit/events', {
        params: cursor === null ? { ...query } : { ...query, [cursorName]: cursor },
      });
    return ask(null).pipe(
      map((page) => ({ page, asked: 1 })),
      expand(({ page: { items, nextCursor }, asked }) =>
        nextCursor === null || items.length >= enough || asked >= mostLooks
          ? EMPTY
          : ask(nextCursor).pipe(
              map((next) => ({ page: { ...next, items: [...items, ...next.items] }, asked: asked + 1 })),
            ),
      ),
      last(),
      map(({ page }) => page),
    );
  }
  event(position: string): Observable<AuditEvent> {
    return this.#http.get<AuditEvent>(`/api/audit/events/${encodeURIComponent(position)}`);
  }
  /** A stream as it was at a revision or an instant; without either, as it is now. */
  streamState(stream: string, at: string | undefined): Observable<StreamState> {
    const params: Query = at === undefined ? {} : { at };
    return this.#http.get<StreamState>(`/api/audit/streams/${encodeURIComponent(stream)}/state`, { params });
  }
  streamDiff(stream: string, from: string, to: string): Observable<StreamDiff> {
    const params: Query = { from, to };
    return this.#http.get<StreamDiff>(`/api/audit/streams/${encodeURIComponent(stream)}/diff`, { params });
  }
  /** A stream's events from the first one on; of a very long stream the first few thousand. */
  streamEvents(stream: string): Observable<LoggedEvent[]> {
    return this.events({ stream, order: 'oldest', limit: 200 }, Infinity).pipe(map(({ items }) => items));
  }
  projections(): Observable<Projections> {
    return this.#http.get<Projections>('/api/audit/projections');
  }
  /** `all`: every one. Returns those that are being rebuilt. */
  rebuildProjection(name: string): Promise<Projections> {
    return firstValueFrom(
      this.#http.post<Projections>(`/api/audit/projections/${encodeURIComponent(name)}/rebuild`, {}),
    );
  }

  /**
   * Up to `pages` pages as one. A refresh fetches them all again, so that an item that moved from one page to the next
   * is neither doubled nor lost.
   */
  #pages<Item>(url: string, query: Query, pages: number): Observable<Page<Item>> {
    const params: Record<string, string | number> | HttpParams = { ...query };
    const fetch = (cursor: string | null): Observable<Page<Item>> =>
      this.#http.get<Page<Item>>(url, { params: cursor === null ? params : { ...params, cursor } });
    return fetch(null).pipe(
      expand(({ nextCursor }) => (nextCursor === null ? EMPTY : fetch(nextCursor))),
      take(pages),
      reduce((whole, next) => ({ items: [...whole.items, ...next.items], nextCursor: next.nextCursor })),
    );
  }
}
