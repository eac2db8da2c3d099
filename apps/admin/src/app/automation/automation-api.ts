import { HttpClient } from '@angular/common/http';
import { Service, inject } from '@angular/core';
import type {
  ChangeJobBody,
  ChangeSettingsBody,
  Detection,
  JobDescription,
  JobRunDescription,
  Page,
  PreflightAnswer,
  Rule,
  RuleTest,
  RuntimeSettings,
  StreamerRules,
  TwitchCheck,
  TwitchFollows,
  TwitchSignIn,
  TwitchStatus,
} from '@streamvault/api-contract';
import { EMPTY, type Observable, expand, firstValueFrom, map, reduce, take } from 'rxjs';

export interface DetectionFilter {
  readonly streamerId?: string;
  readonly recorded?: 'true' | 'false';
  /** The broadcast began then or later, ISO 8601. */
  readonly from?: string;
}

/** Automatic decisions: settings for all, rules, detections, jobs, and Twitch. */
@Service()
export class AutomationApi {
  readonly #http = inject(HttpClient);

  settings(): Observable<RuntimeSettings> {
    return this.#http.get<RuntimeSettings>('/api/settings');
  }
  changeSettings(body: ChangeSettingsBody): Promise<RuntimeSettings> {
    return firstValueFrom(this.#http.patch<RuntimeSettings>('/api/settings', body));
  }

  rules(streamerId: string): Observable<StreamerRules> {
    return this.#http.get<StreamerRules>(`/api/streamers/${encodeURIComponent(streamerId)}/rules`);
  }
  /** null: the rules for all streamers apply again. */
  putRules(streamerId: string, rules: readonly Rule[] | null): Promise<StreamerRules> {
    return firstValueFrom(
      this.#http.put<StreamerRules>(`/api/streamers/${encodeURIComponent(streamerId)}/rules`, { rules }),
    );
  }
  testRules(streamerId: string, rules: readonly Rule[]): Promise<RuleTest> {
    return firstValueFrom(
      this.#http.post<RuleTest>(`/api/streamers/${encodeURIComponent(streamerId)}/rules/test`, { rules }),
    );
  }
  /** The newest first. */
  detections(streamerId: number | string, limit: number, cursor: string | null = null): Observable<Page<Detection>> {
    const params = cursor === null ? { limit } : { limit, cursor };
    const path = `/api/streamers/${encodeURIComponent(streamerId)}/detections`;
    return this.#http.get<Page<Detection>>(path, { params });
  }
  /** For all streamers, the latest detection first; up to `pages` pages as one. */
  allDetections(filter: DetectionFilter, pages: number): Observable<Page<Detection>> {
    const limit = 50;
    const given = Object.entries(filter).filter(([, value]) => value !== undefined && value !== '');
    const params = Object.fromEntries(given) as Record<string, string | number>;
    const page = (cursor: string | null) =>
      this.#http.get<Page<Detection>>('/api/detections', {
        params: cursor === null ? { ...params, limit } : { ...params, limit, cursor },
      });
    return page(null).pipe(
      expand(({ nextCursor }) => (nextCursor === null ? EMPTY : page(nextCursor))),
      take(pages),
      reduce((all, { items, nextCursor }) => ({ items: [...all.items, ...items], nextCursor })),
    );
  }

  preflight(): Observable<PreflightAnswer> {
    return this.#http.get<PreflightAnswer>('/api/preflight');
  }

  changeJob(name: string, body: ChangeJobBody): Promise<JobDescription> {
    return firstValueFrom(this.#http.patch<JobDescription>(`/api/jobs/${encodeURIComponent(name)}`, body));
  }
  jobRuns(name: string): Observable<JobRunDescription[]> {
    return this.#http
      .get<{ items: JobRunDescription[] }>(`/api/jobs/${encodeURIComponent(name)}/runs`, { params: { limit: 20 } })
      .pipe(map(({ items }) => items));
  }

  twitchStatus(): Observable<TwitchStatus> {
    return this.#http.get<TwitchStatus>('/api/twitch/status');
  }
  checkTwitch(): Promise<TwitchCheck> {
    return firstValueFrom(this.#http.post<TwitchCheck>('/api/twitch/check', {}));
  }
  twitchSignIn(): Observable<TwitchSignIn> {
    return this.#http.get<TwitchSignIn>('/api/twitch/sign-in');
  }
  beginTwitchSignIn(): Promise<TwitchSignIn> {
    return firstValueFrom(this.#http.post<TwitchSignIn>('/api/twitch/sign-in', {}));
  }
  endTwitchSignIn(): Promise<unknown> {
    return firstValueFrom(this.#http.delete('/api/twitch/sign-in'));
  }
  twitchFollows(): Promise<TwitchFollows> {
    return firstValueFrom(this.#http.get<TwitchFollows>('/api/twitch/follows'));
  }
}
