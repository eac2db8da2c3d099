import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { whileVisible } from './while-visible';

describe('whileVisible', () => {
  const act = jest.fn();

  beforeEach(() => {
    jest.useFakeTimers();
    act.mockClear();
    TestBed.runInInjectionContext(() => whileVisible(3000, act));
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

  it('acts every so often', () => {
    jest.advanceTimersByTime(9500);
    expect(act).toHaveBeenCalledTimes(3);
  });

  it('rests while nobody looks, and acts at once when somebody comes back', () => {
    setVisibility('hidden');
    jest.advanceTimersByTime(60_000);
    expect(act).not.toHaveBeenCalled();
    setVisibility('visible');
    expect(act).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(3000);
    expect(act).toHaveBeenCalledTimes(2);
  });

  it('ends with the page', () => {
    TestBed.resetTestingModule();
    setVisibility('hidden');
    setVisibility('visible');
    jest.advanceTimersByTime(9000);
    expect(act).not.toHaveBeenCalled();
  });
});
