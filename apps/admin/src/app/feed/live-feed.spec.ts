import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import type { LoggedEvent } from '@streamvault/api-contract';
import { fakeFeed } from '../../../testing/fake-feed';
import { anEvent } from '../../../testing/fixtures';
import { LiveFeed } from './live-feed';

describe('LiveFeed', () => {
  const feed = fakeFeed();
  let sut: LiveFeed;

  beforeEach(() => {
    jest.useFakeTimers();
    feed.streams.length = 0;
    TestBed.configureTestingModule({ providers: [feed.provider] });
    sut = TestBed.inject(LiveFeed);
  });
  afterEach(() => {
    TestBed.resetTestingModule();
    setVisibility('visible');
    jest.useRealTimers();
  });

  function setVisibility(state: DocumentVisibilityState): void {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }

  it('begins at the present and passes on every event', () => {
    const heard: LoggedEvent[] = [];
    sut.events.subscribe((event) => heard.push(event));
    feed.latest.open();
    feed.latest.event(anEvent('PartOpened', { number: 2 }));
    expect(feed.latest.url).toBe('/api/live');
    expect(sut.connection()).toBe('live');
    expect(heard.map(({ type }) => type)).toEqual(['PartOpened']);
  });

  it('leaves reconnecting to the browser while that still tries', () => {
    feed.latest.open();
    feed.latest.breakOff();
    jest.advanceTimersByTime(60_000);
    expect(sut.connection()).toBe('reconnecting');
    expect(feed.streams).toHaveLength(1);
    feed.latest.open();
    expect(sut.connection()).toBe('live');
  });

  it('opens a new stream after the last position where the browser has given up, and waits longer each time', () => {
    feed.latest.open();
    feed.latest.event(anEvent('PartOpened', {}, { position: '77' }));
    feed.latest.refuse();
    expect(sut.connection()).toBe('reconnecting');
    jest.advanceTimersByTime(650);
    expect(feed.streams).toHaveLength(2);
    expect(feed.latest.url).toBe('/api/live?lastEventId=77');
    feed.latest.refuse();
    jest.advanceTimersByTime(650);
    expect(feed.streams).toHaveLength(2);
    jest.advanceTimersByTime(650);
    expect(feed.streams).toHaveLength(3);
  });

  it('says when nothing is missing any more', () => {
    let times = 0;
    sut.caughtUp.subscribe(() => (times += 1));
    feed.latest.open();
    feed.latest.caughtUp();
    expect(times).toBe(1);
  });

  it('survives a message that is not what it should be', () => {
    const heard: LoggedEvent[] = [];
    sut.events.subscribe((event) => heard.push(event));
    feed.latest.say('event', '{"cut off', '5');
    feed.latest.say('event', '"a word"', '6');
    feed.latest.say('progress', '[]');
    feed.latest.event(anEvent('PartClosed'));
    expect(heard.map(({ type }) => type)).toEqual(['PartClosed']);
    expect(sut.figures().size).toBe(0);
  });

  it('does not sit out its wait when the network comes back', () => {
    feed.latest.refuse();
    window.dispatchEvent(new Event('online'));
    expect(feed.streams).toHaveLength(2);
    jest.advanceTimersByTime(30_000);
    expect(feed.streams).toHaveLength(2);
  });

  it('lets go of the connection in a tab nobody looks at, and resumes where it was', () => {
    feed.latest.open();
    feed.latest.event(anEvent('PartOpened', {}, { position: '12' }));
    setVisibility('hidden');
    jest.advanceTimersByTime(61_000);
    expect(feed.latest.readyState).toBe(2);
    setVisibility('visible');
    expect(feed.latest.url).toBe('/api/live?lastEventId=12');
  });
});
