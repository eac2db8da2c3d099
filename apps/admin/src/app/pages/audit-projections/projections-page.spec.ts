import { describe, expect, it } from '@jest/globals';
import type { Projection, ProjectionRebuild } from '@streamvault/api-contract';
import { aProjection } from '../../../../testing/fixtures';
import { type OpenPage, openPage } from '../../../../testing/page';
import ProjectionsPage from './projections-page';
import { tellRebuild } from './projection-words';

const api = '/api/audit/projections';
const aRebuild = (change: Partial<ProjectionRebuild> = {}): ProjectionRebuild => ({
  state: 'building',
  startedAt: '2026-11-22T21:00:00.000Z',
  position: '40',
  progress: 0.42,
  remainingSeconds: 75,
  error: null,
  poisonedEvent: null,
  ...change,
});
const all = (...items: Projection[]) => ({ headPosition: '120', items });
async function open(...items: Projection[]): Promise<OpenPage> {
  const page = await openPage('/audit/projections', 'audit/projections', ProjectionsPage);
  page.answer(api, all(...items));
  await page.settle();
  return page;
}
const card = (page: OpenPage): string =>
  page.find('[data-testid=projection-recording-view]').textContent.replaceAll(/\s+/g, ' ');

describe('the Projections page', () => {
  it('says how far each is', async () => {
    const page = await open(
      aProjection(),
      aProjection({ name: 'video-library', lagSeconds: 200, state: 'catching-up' }),
    );
    expect(card(page)).toMatch(/Recording view.*Live.*Up to date.*120/);
    expect(page.find('[data-testid=projection-video-library]').textContent).toContain('3 min 20 s behind');
    expect(page.text).toContain('Its last event is at position 120.');
  });

  it('names the event that stopped one, and leads to it', async () => {
    const poisonedEvent = { id: 'x', type: 'VideoAdded', stream: 'video-7', revision: '0', position: '77' };
    const page = await open(aProjection({ state: 'poisoned', error: 'The row is not there.', poisonedEvent }));
    const alert = page.find('sv-projection-card [role=alert]');
    expect(alert.textContent).toContain('The row is not there.');
    expect(alert.querySelector('a')?.getAttribute('href')).toBe('/audit/events/77');
  });

  it('rebuilds one when that is confirmed, shows how far it is, and says when it is done', async () => {
    const page = await open(aProjection());
    await page.press('Rebuild Recording view');
    await page.until('it asked', () => page.buttons().includes('Not now'));
    await page.press('Rebuild');
    await page.asked(`${api}/recording-view/rebuild`);
    const building = aProjection({ rebuild: aRebuild() });
    expect(page.answer(`${api}/recording-view/rebuild`, all(building), 202).request.method).toBe('POST');
    await page.asked(api);
    page.answer(api, all(building));
    await page.settle();
    expect(card(page)).toContain('Building the new one beside it 42 %, about 1 min 15 s to go.');
    expect(page.find('[role=progressbar]').getAttribute('aria-valuenow')).toBe('42');
    expect(page.button('Rebuild Recording view').disabled).toBe(true);
    setVisibility('hidden');
    setVisibility('visible');
    await page.asked(api);
    page.answer(api, all(aProjection()));
    await page.until('it was told', () => document.body.textContent.includes('Rebuilt: Recording view.'));
    expect(page.element.querySelector('[role=progressbar]')).toBeNull();
  });

  it('does nothing where it is not confirmed', async () => {
    const page = await open(aProjection());
    await page.press('Rebuild Recording view');
    await page.until('it asked', () => page.buttons().includes('Not now'));
    await page.press('Not now');
    expect(page.waiting()).toEqual([]);
  });

  it('shows a rebuild that failed, and lets one try again', async () => {
    const poisonedEvent = { id: 'x', type: 'VideoAdded', stream: 'video-7', revision: '0', position: '77' };
    const page = await open(
      aProjection({ rebuild: aRebuild({ state: 'failed', error: 'It has no title.', poisonedEvent }) }),
    );
    expect(card(page)).toContain('It could not be rebuilt.');
    expect(page.find('sv-projection-card [role=alert]').textContent).toContain('It has no title.');
    expect(page.button('Rebuild Recording view').disabled).toBe(false);
  });

  it('looks again by itself', async () => {
    const page = await open(aProjection());
    await page.asked(api);
    page.answer(api, all(aProjection({ position: '130' })));
    await page.settle();
    expect(card(page)).toContain('130');
  });

  it('tells a rebuild of which nothing is known yet', () => {
    expect(tellRebuild(aRebuild({ progress: null, remainingSeconds: null }))).toBe('Building the new one beside it.');
    expect(tellRebuild(aRebuild({ state: 'waiting' }))).toBe('It waits to be rebuilt.');
  });
});

function setVisibility(state: DocumentVisibilityState): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}
