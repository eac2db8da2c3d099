import { HttpClient } from '@angular/common/http';
import { Service, inject } from '@angular/core';
import type {
  BulkAnswer,
  BulkChangeBody,
  ChangeLibrarySettingsBody,
  ConsistencyReport,
  CutVideoBody,
  ImportBody,
  ImportReport,
  ImportStatus,
  LibraryMove,
  LibrarySettingsAnswer,
  LibraryStatistics,
  MendBody,
  MendReport,
  NamesPreview,
  VideoFileList,
  Timeline,
  Video,
  VideoCut,
  WatchedPosition,
  WatchingList,
} from '@streamvault/api-contract';
import { type Observable, firstValueFrom, map } from 'rxjs';

/** What the server offers for the whole library: names, moves, statistics, import and repair. */
@Service()
export class LibraryApi {
  readonly #http = inject(HttpClient);

  settings(): Observable<LibrarySettingsAnswer> {
    return this.#http.get<LibrarySettingsAnswer>('/api/library/settings');
  }
  changeSettings(body: ChangeLibrarySettingsBody): Promise<LibrarySettingsAnswer> {
    return firstValueFrom(this.#http.patch<LibrarySettingsAnswer>('/api/library/settings', body));
  }
  previewNames(template: string): Observable<NamesPreview> {
    return this.#http.post<NamesPreview>('/api/library/names/preview', { template });
  }
  move(): Observable<LibraryMove> {
    return this.#http.get<LibraryMove>('/api/library/move');
  }
  /** In a dry run nothing is moved, and the answer says what would be moved. */
  requestMove(dryRun: boolean): Promise<LibraryMove> {
    return firstValueFrom(this.#http.post<LibraryMove>('/api/library/move', { dryRun }));
  }

  consistency(): Promise<ConsistencyReport> {
    return firstValueFrom(this.#http.get<ConsistencyReport>('/api/library/consistency'));
  }
  mend(body: MendBody): Promise<MendReport> {
    return firstValueFrom(this.#http.post<MendReport>('/api/library/consistency/mend', body));
  }
  import(body: ImportBody): Promise<ImportReport> {
    return firstValueFrom(this.#http.post<ImportReport>('/api/library/import', body));
  }
  importing(): Observable<ImportStatus> {
    return this.#http.get<ImportStatus>('/api/library/import');
  }
  files(videoId: number): Observable<VideoFileList> {
    return this.#http.get<VideoFileList>(`/api/videos/${videoId}/files`);
  }
  changeVideos(body: BulkChangeBody): Promise<BulkAnswer> {
    return firstValueFrom(this.#http.post<BulkAnswer>('/api/videos/bulk/change', body));
  }
  binVideos(videoIds: readonly number[]): Promise<BulkAnswer> {
    return firstValueFrom(this.#http.post<BulkAnswer>('/api/videos/bulk/delete', { videoIds }));
  }
  restoreVideos(videoIds: readonly number[]): Promise<BulkAnswer> {
    return firstValueFrom(this.#http.post<BulkAnswer>('/api/videos/bulk/restore', { videoIds }));
  }
  statistics(streamerId: number | undefined): Observable<LibraryStatistics> {
    const params: Record<string, number> = streamerId === undefined ? {} : { streamerId };
    return this.#http.get<LibraryStatistics>('/api/library/statistics', { params });
  }

  /** Answers when the new video is there. It goes on without anybody who waits: {@link cuts}. */
  cut(id: number, body: CutVideoBody): Promise<Video> {
    return firstValueFrom(this.#http.post<Video>(`/api/videos/${id}/cut`, body));
  }
  cuts(id: number): Observable<VideoCut[]> {
    return this.#http.get<{ items: VideoCut[] }>(`/api/videos/${id}/cuts`).pipe(map(({ items }) => items));
  }
  timeline(id: number): Promise<Timeline['items']> {
    return firstValueFrom(this.#http.get<Timeline>(`/api/videos/${id}/timeline`).pipe(map(({ items }) => items)));
  }

  watching(limit: number): Observable<WatchingList> {
    return this.#http.get<WatchingList>('/api/watching', { params: { limit } });
  }
  position(id: number): Observable<WatchedPosition> {
    return this.#http.get<WatchedPosition>(`/api/videos/${id}/position`);
  }
  /** `keepalive`: it arrives although the page is gone. */
  savePosition(id: number, seconds: number, keepalive: boolean): Promise<WatchedPosition> {
    return firstValueFrom(this.#http.put<WatchedPosition>(`/api/videos/${id}/position`, { seconds }, { keepalive }));
  }
  forgetPosition(id: number, keepalive = false): Promise<WatchedPosition> {
    return firstValueFrom(this.#http.delete<WatchedPosition>(`/api/videos/${id}/position`, { keepalive }));
  }
  markWatched(id: number, isWatched: boolean): Promise<Video> {
    const address = `/api/videos/${id}/watched`;
    return firstValueFrom(isWatched ? this.#http.post<Video>(address, {}) : this.#http.delete<Video>(address));
  }
}
