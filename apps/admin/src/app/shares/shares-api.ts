import { HttpClient } from '@angular/common/http';
import { Service, inject } from '@angular/core';
import type {
  CreateShareBody,
  CreatedShare,
  MediaLink,
  OpenedShare,
  Share,
  ShareList,
} from '@streamvault/api-contract';
import { type Observable, firstValueFrom, map } from 'rxjs';
import type { SharedThing } from './shared-thing';

/** Share links, by the server's routes. */
@Service()
export class SharesApi {
  readonly #http = inject(HttpClient);

  /** Of a video or recording, or of everything that the user may see. */
  list(thing?: SharedThing): Observable<Share[]> {
    return this.#http.get<ShareList>('/api/shares', { params: { ...thing } }).pipe(map(({ items }) => items));
  }
  create(body: CreateShareBody): Promise<CreatedShare> {
    return firstValueFrom(this.#http.post<CreatedShare>('/api/shares', body));
  }
  revoke(id: string): Promise<unknown> {
    return firstValueFrom(this.#http.delete(`/api/shares/${encodeURIComponent(id)}`));
  }
  playerLink(thing: SharedThing): Promise<MediaLink> {
    return firstValueFrom(this.#http.post<MediaLink>('/api/links', thing));
  }
  open(token: string, password: string | undefined): Promise<OpenedShare> {
    const body = { token, ...(password !== undefined && { password }) };
    return firstValueFrom(this.#http.post<OpenedShare>('/api/shares/open', body));
  }
}
