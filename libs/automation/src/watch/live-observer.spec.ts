import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandBus } from '@nestjs/cqrs';
import type { ReportSighting } from '../commands/report-sighting/report-sighting.command.js';
import { barely, type Sighting } from '../domain/sighting.js';
import { LiveBoard } from './live-board.js';
import { LiveObserver } from './live-observer.js';

const at = '2026-11-30T18:00:00.000Z';
const open = (seenBy: string[]) =>
  ({ state: 'live', context: { seenBy } }) as unknown as Parameters<LiveObserver['saw']>[2];
const live: Sighting = { ...barely('helix', 'live', at), platformId: '9' };
const gone = barely('helix', 'offline', at);

describe('between those who look and the broadcasts', () => {
  let told: string[];
  let becomes: string;
  let board: LiveBoard;
  let observer: LiveObserver;
  beforeEach(() => {
    told = [];
    becomes = 'live';
    board = new LiveBoard();
    const commands = {
      execute: ({ sighting }: ReportSighting) => {
        told.push(sighting.word);
        return Promise.resolve({ state: { value: becomes } });
      },
    } as unknown as CommandBus;
    observer = new LiveObserver(commands, board);
  });

  it('what is known already is not told again, and what changed is', async () => {
    await observer.saw(1, live, undefined);
    expect(await observer.saw(1, live, open(['helix']))).toBe('known');
    const titled = { ...live, details: { title: 'Other', category: null, tags: null } };
    expect(await observer.saw(1, titled, open(['helix']))).toBe('reported');
    expect(told).toEqual(['live', 'live']);
  });

  it('one empty answer of Helix is none, and two in a row are an absence', async () => {
    await observer.saw(1, live, undefined);
    expect(await observer.saw(1, gone, open(['helix']))).toBe('known');
    await observer.saw(1, live, open(['helix']));
    expect(await observer.saw(1, gone, open(['helix']))).toBe('known');
    expect(await observer.saw(1, gone, open(['helix']))).toBe('reported');
    expect(told.filter((word) => word === 'offline')).toHaveLength(1);
  });

  it('who is not live and was not is written nowhere', async () => {
    await observer.saw(1, gone, undefined);
    await observer.saw(2, barely('helix', 'unknown', at), undefined);
    expect([told, board.offline()]).toEqual([[], [1]]);
  });

  it('what no broadcast believes has to be asked of the source itself', async () => {
    becomes = 'away';
    expect(await observer.saw(1, live, open([]))).toBe('not-believed');
  });

  it('what was known stays known while nobody can look', async () => {
    await observer.saw(1, gone, undefined);
    await observer.saw(1, barely('helix', 'unknown', at), undefined);
    expect(board.offline()).toEqual([1]);
  });
});
