import { describe, expect, it } from '@jest/globals';
import { KeptRows } from './kept-rows.js';
import type { Position } from '@streamvault/event-store';
import type { ProjectionAdvance } from './projection-runner.js';

function rowsOf(isStarted = true) {
  let tell: (advance: ProjectionAdvance) => void = () => {};
  const state = { now: 0, reads: 0, duringRead: () => {} };
  const projections = {
    isStarted,
    onAdvance: (listener: typeof tell) => {
      tell = listener;
      return () => true;
    },
  };
  const kept = new KeptRows({
    projections,
    of: 'list',
    now: () => state.now,
    read: () => {
      state.reads += 1;
      state.duringRead();
      return Promise.resolve(state.reads);
    },
  });
  const advance = (name: string, hasWritten = true) => tell({ name, position: 1n as Position, hasWritten });
  return { kept, state, advance };
}

describe('rows that are kept', () => {
  it('are read once while nothing is written', async () => {
    const { kept, advance } = rowsOf();
    await kept.get();
    advance('list', false);
    advance('another list');
    expect(await kept.get()).toBe(1);
  });

  it('are read again after a write', async () => {
    const { kept, advance } = rowsOf();
    await kept.get();
    advance('list');
    expect(await kept.get()).toBe(2);
  });

  it('are read again if something was written while they were read', async () => {
    const { kept, advance, state } = rowsOf();
    state.duringRead = () => advance('list');
    await kept.get();
    state.duringRead = () => {};
    expect(await kept.get()).toBe(2);
    expect(await kept.get()).toBe(2);
  });

  it('are read again after 30 s, since a rebuild replaces them without telling', async () => {
    const { kept, state } = rowsOf();
    await kept.get();
    state.now = 30_000;
    expect(await kept.get()).toBe(2);
  });

  it('are read every time if another process writes them', async () => {
    const { kept } = rowsOf(false);
    await kept.get();
    expect(await kept.get()).toBe(2);
  });
});
