import { describe, expect, it } from '@jest/globals';
import type { Lifecycle, LoggedEvent } from '@streamvault/api-contract';
import { anEvent, theLifecycle } from '../../../testing/fixtures';
import { journey, travelledEdges } from './journey';
import { layoutLifecycle } from './layout';

const story = (...types: string[]): LoggedEvent[] =>
  types.map((type, index) => anEvent(type, { at: `2026-11-22T21:00:0${index}.000Z` }));
const way = (events: LoggedEvent[], present: string): string =>
  journey(theLifecycle, events, present)
    .map(({ state }) => state)
    .join(' ');

describe('the journey through the lifecycle', () => {
  it('follows the events by the transitions of the machine; those that lead nowhere change nothing', () => {
    const events = story(
      'RecordingRequested',
      'CaptureStarting',
      'PartOpened',
      'CaptureStarted',
      'PartClosed',
      'Unheard',
    );
    expect(way(events, 'capturing')).toBe('requested starting capturing');
  });

  it('says when each state was entered', () => {
    const visits = journey(theLifecycle, story('RecordingRequested', 'CaptureStarting'), 'starting');
    expect(visits).toEqual([
      { state: 'requested', at: '2026-11-22T21:00:00.000Z' },
      { state: 'starting', at: '2026-11-22T21:00:01.000Z' },
    ]);
  });

  it('goes through a state as often as the recording did', () => {
    const there = ['RecordingRequested', 'CaptureStarting', 'CaptureStarted', 'CaptureInterrupted', 'CaptureResumed'];
    expect(way(story(...there, 'StopRequested'), 'finalizing')).toBe(
      'requested starting capturing reconnecting capturing finalizing',
    );
  });

  it('where one event may lead to two states, takes the way that ends in the present one', () => {
    const events = story('RecordingRequested', 'RecordingFailed', 'RecordingRetried');
    expect(way(events, 'requested')).toBe('requested failed requested');
    expect(way(events, 'finalizing')).toBe('requested failed finalizing');
  });

  it('claims nothing where the story does not lead to the present state, or is not there yet', () => {
    expect(way(story('RecordingRequested'), 'completed')).toBe('');
    expect(way([], 'capturing')).toBe('');
  });

  it('knows the edges it took', () => {
    const edges = travelledEdges(journey(theLifecycle, story('RecordingRequested', 'CaptureStarting'), 'starting'));
    expect([...edges]).toEqual(['requested>starting']);
  });
});

describe('the drawing of the lifecycle', () => {
  const chart = layoutLifecycle(theLifecycle);

  it('has every state once, and none over another', () => {
    expect(chart.states.map(({ name }) => name)).toEqual(theLifecycle.states.map(({ name }) => name));
    for (const [index, one] of chart.states.entries())
      for (const two of chart.states.slice(index + 1)) {
        const apart =
          one.x + one.width < two.x ||
          two.x + two.width < one.x ||
          one.y + one.height < two.y ||
          two.y + two.height < one.y;
        expect(`${one.name} and ${two.name} apart: ${apart}`).toBe(`${one.name} and ${two.name} apart: true`);
      }
  });

  it('has one edge for every pair that the machine connects, and no loop', () => {
    const pairs = theLifecycle.states.flatMap(({ name, transitions }) =>
      transitions.filter(({ target }) => target !== name).map(({ target }) => `${name}>${target}`),
    );
    expect(new Set(chart.edges.map(({ key }) => key))).toEqual(new Set(pairs));
    for (const { path } of chart.edges) expect(path).toMatch(/^M[\d. ]+([HV][\d.]+)+$/);
  });

  it('finds a place for states it has never heard of', () => {
    const [first] = theLifecycle.states;
    const extended: Lifecycle = {
      ...theLifecycle,
      states: [
        ...theLifecycle.states,
        { ...first!, name: 'archiving', transitions: [{ event: 'Archived', target: 'shelved', description: '' }] },
        { ...first!, name: 'shelved', transitions: [] },
      ],
    };
    const { states, edges, height } = layoutLifecycle(extended);
    const [archiving, shelved] = states.slice(-2);
    expect(archiving!.y + archiving!.height).toBeLessThanOrEqual(height);
    expect(shelved!.x).toBeGreaterThan(archiving!.x + archiving!.width);
    expect(edges.some(({ key }) => key === 'archiving>shelved')).toBe(true);
  });
});
