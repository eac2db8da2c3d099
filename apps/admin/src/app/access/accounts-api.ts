import { HttpClient } from '@angular/common/http';
import { Service, inject } from '@angular/core';
import type {
  ApiKey,
  ApiKeyList,
  ChangeUserBody,
  CreateApiKeyBody,
  CreateUserBody,
  CreatedApiKey,
  Session as SignedInSession,
  SessionList,
  ErasedAddresses,
  User,
  UserList,
} from '@streamvault/api-contract';
import { type Observable, firstValueFrom, map } from 'rxjs';

/** Accounts and API keys, by the server's routes. */
@Service()
export class AccountsApi {
  readonly #http = inject(HttpClient);

  users(): Observable<User[]> {
    return this.#http.get<UserList>('/api/users').pipe(map(({ items }) => items));
  }
  addUser(body: CreateUserBody): Promise<User> {
    return firstValueFrom(this.#http.post<User>('/api/users', body));
  }
  changeUser(id: number, body: ChangeUserBody): Promise<User> {
    return firstValueFrom(this.#http.patch<User>(`/api/users/${id}`, body));
  }
  removeUser(id: number): Promise<unknown> {
    return firstValueFrom(this.#http.delete(`/api/users/${id}`));
  }
  endSessions(id: number): Promise<unknown> {
    return firstValueFrom(this.#http.delete(`/api/users/${id}/sessions`));
  }
  sessions(id: number): Observable<SignedInSession[]> {
    return this.#http.get<SessionList>(`/api/users/${id}/sessions`).pipe(map(({ items }) => items));
  }
  endSession(id: number, session: string): Promise<unknown> {
    return firstValueFrom(this.#http.delete(`/api/users/${id}/sessions/${encodeURIComponent(session)}`));
  }
  /** From where a user signed in. */
  eraseAddresses(id: number): Promise<ErasedAddresses> {
    return firstValueFrom(this.#http.delete<ErasedAddresses>(`/api/users/${id}/addresses`));
  }
  /** The user's own. */
  changePassword(current: string, password: string): Promise<unknown> {
    return firstValueFrom(this.#http.put('/api/session/password', { current, password }));
  }
  keys(): Observable<ApiKey[]> {
    return this.#http.get<ApiKeyList>('/api/keys').pipe(map(({ items }) => items));
  }
  addKey(body: CreateApiKeyBody): Promise<CreatedApiKey> {
    return firstValueFrom(this.#http.post<CreatedApiKey>('/api/keys', body));
  }
  revokeKey(id: string): Promise<unknown> {
    return firstValueFrom(this.#http.delete(`/api/keys/${encodeURIComponent(id)}`));
  }
}
