import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import type { VideoCut } from '@streamvault/api-contract';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { fakeFeed } from '../../../testing/fake-feed.ts';
import { aVideo } from '../../../testing/fixtures';
import { CutPanel } from './cut-panel';

const aCut = (change: Partial<VideoCut> = {}): VideoCut => ({
  id: 1,
  fromSeconds: 10,
  toSeconds: 25,
  exact: false,
  title: 'A piece',
  requestedAt: '2026-12-01T00:00:00.000Z',
  state: 'running',
  progress: 0.4,
  secondsLeft: 12,
  videoId: null,
  failure: null,
  ...change,
});

describe('cutting a piece out of a video', () => {
  let fixture: ComponentFixture<CutPanel>;
  let http: HttpTestingController;
  beforeEach(async () => {
    TestBed.configureTestingModule({
      providers: [fakeFeed().provider, provideHttpClient(), provideHttpClientTesting(), provideRouter([])],
    });
    fixture = TestBed.createComponent(CutPanel);
    fixture.componentRef.setInput('video', aVideo({ durationSeconds: 600 }));
    fixture.componentRef.setInput('range', { from: 10, to: 25 });
    fixture.componentRef.setInput('now', 42.5);
    http = TestBed.inject(HttpTestingController);
    await settle();
  });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 4; turn += 1) {
      fixture.detectChanges();
      await new Promise((resolve) => setTimeout(resolve));
    }
  };
  const element = (): HTMLElement => fixture.nativeElement as HTMLElement;
  const field = (name: string): HTMLInputElement => element().querySelector(`input[name=${name}]`)!;
  const type = async (name: string, text: string): Promise<void> => {
    field(name).value = text;
    field(name).dispatchEvent(new Event('change'));
    await settle();
  };
  const press = async (name: string): Promise<void> => {
    [...element().querySelectorAll('button')].find((button) => button.textContent.trim() === name)!.click();
    await settle();
  };
  const list = async (...items: VideoCut[]): Promise<void> => {
    for (const request of http.match('/api/videos/7/cuts')) if (!request.cancelled) request.flush({ items });
    await settle();
  };

  it('takes its ends from typed times and from the picture on the screen', async () => {
    await type('from', '1:30');
    expect([field('from').value, field('to').value]).toEqual(['1:30', '1:31']);
    await type('to', '2:00,5');
    await press('Begin here');
    expect(fixture.componentInstance.range()).toEqual({ from: 42.5, to: 120.5 });
    expect(element().textContent).toContain('1 min 18 s');
    await type('to', '11:00');
    expect(element().querySelector('[role=alert]')?.textContent).toContain('“11:00” is no time of this video');
    expect(fixture.componentInstance.range()).toEqual({ from: 42.5, to: 120.5 });
  });

  it('shows how far it is, and leads to the new video', async () => {
    await list();
    await press('Cut');
    const post = http.expectOne('/api/videos/7/cut');
    expect(post.request.body).toEqual({ fromSeconds: 10, toSeconds: 25, exact: false });
    post.flush(aVideo({ id: 12 }));
    await settle();
    await list(aCut());
    expect(element().querySelector('[data-testid=cuts]')?.textContent).toContain('40 %, 12 s left');
    expect(element().querySelector('progress')?.value).toBe(40);
  });

  it('keeps quiet about an answer that was lost on the way while the cut goes on', async () => {
    await list();
    await press('Cut');
    http.expectOne('/api/videos/7/cut').flush('', { status: 504, statusText: 'Gateway Timeout' });
    await settle();
    await list(aCut({ state: 'done', progress: null, videoId: 12 }));
    await list(aCut({ state: 'done', progress: null, videoId: 12 }));
    expect(element().querySelector('[role=alert]')).toBeNull();
    expect(element().querySelector('a')?.getAttribute('href')).toBe('/videos/12');
  });

  it('says why nothing came of it', async () => {
    await list();
    await press('Cut');
    const problem = { title: 'Not Found', detail: 'The file of video 7 is not there.', code: 'video.file-missing' };
    http.expectOne('/api/videos/7/cut').flush(problem, { status: 404, statusText: 'Not Found' });
    await settle();
    await list();
    await list();
    expect(element().querySelector('[role=alert]')?.textContent).toContain('The file of video 7 is not there.');
  });
});
