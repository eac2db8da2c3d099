import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { PlayerMemory } from './player-memory';
import { WatchPositions } from './watch-positions';

const address = '/api/videos/7/position';

describe('where the viewer is', () => {
  let positions: WatchPositions;
  let http: HttpTestingController;
  let memory: PlayerMemory;
  beforeEach(() => {
    localStorage.clear();
    TestBed.configureTestingModule({ providers: [provideHttpClient(), provideHttpClientTesting()] });
    positions = TestBed.inject(WatchPositions);
    http = TestBed.inject(HttpTestingController);
    memory = TestBed.inject(PlayerMemory);
  });
  const said = (seconds: number, at: string | null): object => ({ videoId: 7, seconds, at });

  it('is what the server says, wherever it was watched', async () => {
    const found = positions.find(7);
    http.expectOne(address).flush(said(90, '2026-12-01T00:00:00.000Z'));
    expect(await found).toBe(90);
  });

  it('is what this browser remembers where the server is away, or heard of it earlier', async () => {
    memory.keepPosition('video-7', 200, 600);
    const away = positions.find(7);
    http.expectOne(address).error(new ProgressEvent('error'));
    expect(await away).toBe(200);
    const earlier = positions.find(7);
    http.expectOne(address).flush(said(90, '2026-11-01T00:00:00.000Z'));
    expect(await earlier).toBe(200);
    const later = positions.find(7);
    http.expectOne(address).flush(said(300, new Date(Date.now() + 60_000).toISOString()));
    expect(await later).toBe(300);
  });

  it('is kept by both, and by the server also when the page goes away', async () => {
    const kept = positions.keep(7, 120.4, 600, true);
    const request = http.expectOne({ method: 'PUT', url: address });
    expect(request.request.body).toEqual({ seconds: 120.4 });
    expect(request.request.keepalive).toBe(true);
    request.flush(said(120.4, '2026-12-01T00:00:00.000Z'));
    await kept;
    expect(positions.of(7)).toBe(120);
  });

  it('is not worth a word in the first seconds, and forgotten at the end', async () => {
    await positions.keep(7, 3, 600, false);
    http.expectNone(address);
    const over = positions.keep(7, 598, 600, false);
    http.expectOne({ method: 'DELETE', url: address }).flush(said(0, null));
    await over;
    expect(positions.of(7)).toBeUndefined();
  });

  it('ends with the mark that it was watched', async () => {
    memory.keepPosition('video-7', 200, 600);
    const done = positions.finish(7);
    http.expectOne({ method: 'POST', url: '/api/videos/7/watched' }).flush({});
    http.expectOne({ method: 'DELETE', url: address }).flush(said(0, null));
    await done;
    expect(positions.of(7)).toBeUndefined();
  });
});
