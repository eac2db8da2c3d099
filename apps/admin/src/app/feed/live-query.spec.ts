import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HttpErrorResponse } from '@angular/common/http';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Subject } from 'rxjs';
import { fakeFeed } from '../../../testing/fake-feed';
import { anEvent } from '../../../testing/fixtures';
import { type LiveQuery, isAbout, liveQuery } from './live-query';

describe('liveQuery', () => {
  const feed = fakeFeed();
  let asked: { id: string; answer: Subject<string> }[];
  const id = signal('3');
  let sut: LiveQuery<string>;

  beforeEach(() => {
    jest.useFakeTimers();
    asked = [];
    id.set('3');
    TestBed.configureTestingModule({ providers: [feed.provider] });
    sut = TestBed.runInInjectionContext(() =>
      liveQuery({
        params: () => id(),
        load: (id) => {
          const answer = new Subject<string>();
          asked.push({ id, answer });
          return answer;
        },
        concerns: (event, id) => isAbout(`recording-${id}`)(event),
      }),
    );
    TestBed.tick();
  });
  afterEach(() => {
    TestBed.resetTestingModule();
    jest.useRealTimers();
  });

  async function settle(): Promise<void> {
    TestBed.tick();
    await jest.advanceTimersByTimeAsync(200);
    TestBed.tick();
  }
  async function answer(value: string): Promise<void> {
    asked.at(-1)!.answer.next(value);
    asked.at(-1)!.answer.complete();
    await settle();
  }

  it('asks, and shows the answer', async () => {
    expect(sut.value()).toBeUndefined();
    await answer('one');
    expect(sut.value()).toBe('one');
    expect(asked).toHaveLength(1);
  });

  it('asks once more after a burst of events that concern it, and shows the old answer meanwhile', async () => {
    await answer('one');
    for (let count = 0; count < 20; count += 1) feed.latest.event(anEvent('PartClosed'));
    await settle();
    expect(asked).toHaveLength(2);
    expect(sut.value()).toBe('one');
    await answer('two');
    expect(sut.value()).toBe('two');
    expect(asked).toHaveLength(2);
  });

  it('leaves alone what concerns others', async () => {
    await answer('one');
    feed.latest.event(anEvent('PartClosed', {}, { stream: 'recording-4' }));
    feed.latest.event(anEvent('StreamerAdded', {}, { stream: 'streamer-3' }));
    await settle();
    expect(asked).toHaveLength(1);
  });

  it('asks again after an answer that an event overtook on its way', async () => {
    feed.latest.event(anEvent('PartClosed'));
    await settle();
    expect(asked).toHaveLength(1);
    await answer('old');
    await settle();
    expect(asked).toHaveLength(2);
    await answer('new');
    expect(sut.value()).toBe('new');
  });

  it('asks again when the feed has caught up after being away', async () => {
    await answer('one');
    feed.latest.caughtUp();
    await settle();
    expect(asked).toHaveLength(2);
  });

  it('keeps what it had when the server goes away, and says so in words', async () => {
    await answer('one');
    sut.reload();
    await settle();
    asked.at(-1)!.answer.error(new HttpErrorResponse({ status: 0, url: '/api/recordings/3' }));
    await settle();
    expect(sut.value()).toBe('one');
    expect(sut.trouble()).toMatchObject({ title: 'StreamVault does not answer', passing: true });
    feed.latest.caughtUp();
    await settle();
    await answer('two');
    expect(sut.value()).toBe('two');
    expect(sut.trouble()).toBeUndefined();
  });

  it('tries again by itself where the server is not ready, and leaves a refusal alone', async () => {
    asked.at(-1)!.answer.error(new HttpErrorResponse({ status: 503 }));
    await settle();
    await jest.advanceTimersByTimeAsync(5000);
    await settle();
    expect(asked).toHaveLength(2);
    expect(sut.trouble()?.status).toBe(503);
    asked.at(-1)!.answer.error(new HttpErrorResponse({ status: 404 }));
    await settle();
    await jest.advanceTimersByTimeAsync(60_000);
    await settle();
    expect(asked).toHaveLength(2);
  });

  it('never shows one thing’s answer under another’s name', async () => {
    await answer('one');
    id.set('4');
    await settle();
    expect(sut.value()).toBeUndefined();
    expect(asked.at(-1)!.id).toBe('4');
  });
});
