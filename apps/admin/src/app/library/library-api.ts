import { HttpClient } from '@angular/common/http';
import { Service, inject } from '@angular/core';
import type {
  BulkAnswer,
  BulkBinBody,
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
  Video,
  WatchedPosition,
  WatchingList,
} from '@streamvault/api-contract';
import { type Observable, firstValueFrom } from 'rxjs';

/** What the server offers for the library as a whole: names, moves, cuts, statistics, import, mending, positions. */
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
  /** In a dry run nothing is moved, and the answer says what would be. */
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
  statistics(streamerId: number | undefined): Observable<LibraryStatistics> {
    const params: Record<string, number> = streamerId === undefined ? {} : { streamerId };
    return this.#http.get<LibraryStatistics>('/api/library/statistics', { params });
  }

  /** Answers when the new video is there. */
  cut(id: number, body: CutVideoBody): Observable<Video> {
    return this.#http.post<Video>(`/api/videos/${id}/cut`, body);
  }

  watching(limit: number): Observable<WatchingList> {
    return this.#http.get<WatchingList>('/api/watching', { params: { limit } });
  }
  position(id: number): Observable<WatchedPosition> {
    return this.#http.get<WatchedPosition>(`/api/videos/${id}/position`);
  }
  savePosition(id: number, seconds: number): Observable<WatchedPosition> {
    return this.#http.put<WatchedPosition>(`/api/videos/${id}/position`, { seconds });
  }
  forgetPosition(id: number): Observable<WatchedPosition> {
    return this.#http.delete<WatchedPosition>(`/api/videos/${id}/position`);
  }
  markWatched(id: number, isWatched: boolean): Promise<Video> {
    const address = `/api/videos/${id}/watched`;
    return firstValueFrom(isWatched ? this.#http.post<Video>(address, {}) : this.#http.delete<Video>(address));
  }

  changeAll(body: BulkChangeBody): Promise<BulkAnswer> {
    return firstValueFrom(this.#http.post<BulkAnswer>('/api/videos/bulk/change', body));
  }
  binAll(body: BulkBinBody): Promise<BulkAnswer> {
    return firstValueFrom(this.#http.post<BulkAnswer>('/api/videos/bulk/delete', body));
  }
  restoreAll(videoIds: number[]): Promise<BulkAnswer> {
    return firstValueFrom(this.#http.post<BulkAnswer>('/api/videos/bulk/restore', { videoIds }));
  }
}
