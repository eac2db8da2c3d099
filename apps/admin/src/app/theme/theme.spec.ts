import { afterEach, describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { Theme } from './theme';

describe('Theme', () => {
  const root = document.documentElement;
  afterEach(() => {
    localStorage.clear();
    delete root.dataset['theme'];
  });

  function visit(): Theme {
    TestBed.resetTestingModule();
    const theme = TestBed.inject(Theme);
    TestBed.tick();
    return theme;
  }

  it('follows the system until somebody chooses', () => {
    expect(visit().choice()).toBe('system');
    expect(root.dataset['theme']).toBeUndefined();
  });

  it('takes a choice at once and remembers it for the next visit', () => {
    visit().choose('dark');
    TestBed.tick();
    expect(root.dataset['theme']).toBe('dark');
    delete root.dataset['theme'];
    expect(visit().choice()).toBe('dark');
    expect(root.dataset['theme']).toBe('dark');
  });

  it('goes back to the system', () => {
    visit().choose('light');
    visit().choose('system');
    TestBed.tick();
    expect(root.dataset['theme']).toBeUndefined();
    expect(visit().choice()).toBe('system');
  });

  it('ignores a remembered word it does not know', () => {
    localStorage.setItem('streamvault.theme', 'sepia');
    expect(visit().choice()).toBe('system');
  });
});
