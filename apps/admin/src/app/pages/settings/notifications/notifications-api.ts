import { HttpClient } from '@angular/common/http';
import { Service, inject } from '@angular/core';
import type {
  AddTargetInput,
  ChangeTargetBody,
  NoticeDelivery,
  NoticePreview,
  NotificationTarget,
  Page,
  PreviewNoticeBody,
  PushKey,
  TargetTest,
} from '@streamvault/api-contract';
import { type Observable, firstValueFrom, map } from 'rxjs';

const targets = '/api/notifications/targets';

/** Targets of notices, and what happened to each notice. */
@Service()
export class NotificationsApi {
  readonly #http = inject(HttpClient);

  targets(): Observable<NotificationTarget[]> {
    return this.#http.get<{ items: NotificationTarget[] }>(targets).pipe(map(({ items }) => items));
  }
  add(body: AddTargetInput): Promise<NotificationTarget> {
    return firstValueFrom(this.#http.post<NotificationTarget>(targets, body));
  }
  change(id: number, body: ChangeTargetBody): Promise<NotificationTarget> {
    return firstValueFrom(this.#http.patch<NotificationTarget>(`${targets}/${id}`, body));
  }
  remove(id: number): Promise<unknown> {
    return firstValueFrom(this.#http.delete(`${targets}/${id}`));
  }
  test(id: number): Promise<TargetTest> {
    return firstValueFrom(this.#http.post<TargetTest>(`${targets}/${id}/test`, {}));
  }
  preview(body: PreviewNoticeBody): Promise<NoticePreview> {
    return firstValueFrom(this.#http.post<NoticePreview>('/api/notifications/preview', body));
  }
  pushKey(): Promise<PushKey> {
    return firstValueFrom(this.#http.get<PushKey>('/api/notifications/push-key'));
  }
  deliveries(query: { state?: string; cursor?: string }): Observable<Page<NoticeDelivery>> {
    return this.#http.get<Page<NoticeDelivery>>('/api/notifications/deliveries', { params: { ...query, limit: 30 } });
  }
}
