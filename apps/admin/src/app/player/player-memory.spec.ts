import { beforeEach, describe, expect, it } from '@jest/globals';
import { PlayerMemory } from './player-memory';

describe('what the player remembers', () => {
  const memory = new PlayerMemory();
  beforeEach(() => localStorage.clear());

  it('keeps volume and speed, and takes nonsense for nothing', () => {
    memory.keepSettings({ volume: 0.4, muted: true, speed: 1.5 });
    expect(memory.settings()).toEqual({ volume: 0.4, muted: true, speed: 1.5 });
    localStorage.setItem('streamvault.player', '{"volume": 7, "muted": "yes", "speed": -1}');
    expect(memory.settings()).toEqual({});
    localStorage.setItem('streamvault.player', 'broken');
    expect(memory.settings()).toEqual({});
  });

  it('keeps where each was left, but not its edges', () => {
    memory.keepPosition('video-1', 90.7, 600);
    memory.keepPosition('video-2', 3, 600);
    expect(memory.position('video-1')).toBe(90);
    expect(memory.position('video-2')).toBeUndefined();
    memory.keepPosition('video-1', 595, 600);
    expect(memory.position('video-1')).toBeUndefined();
  });

  it('forgets what was watched long ago', () => {
    for (let id = 1; id <= 250; id += 1) memory.keepPosition(`video-${id}`, 100, 600);
    expect(memory.position('video-50')).toBeUndefined();
    expect(memory.position('video-51')).toBe(100);
  });
});
