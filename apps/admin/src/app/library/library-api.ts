import { HttpClient } from '@angular/common/http';
import { Service, inject } from '@angular/core';
import type {
  BulkAnswer,
  BulkChangeBody,
  ChangeLibrarySettingsBody,
  ConsistencyReport,
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
} from '@streamvault/api-contract';
import { type Observable, firstValueFrom } from 'rxjs';

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
}
