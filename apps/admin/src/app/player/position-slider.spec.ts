import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { PositionSlider } from './position-slider';

describe('the position in a video', () => {
  function open(): ComponentFixture<PositionSlider> {
    TestBed.configureTestingModule({ providers: [provideHttpClient(), provideHttpClientTesting()] });
    const fixture = TestBed.createComponent(PositionSlider);
    const set = (name: string, value: unknown): void => fixture.componentRef.setInput(name, value);
    set('time', 30);
    set('end', 200);
    set('played', 15);
    set('loaded', 20);
    set('spoken', '30 seconds of 3 minutes 20 seconds');
    set('marks', [
      { at: 100, kind: 'gap' },
      { at: -1, kind: 'gap' },
      { at: 0, kind: 'chapter' },
    ]);
    set('storyboard', '/api/videos/7/storyboard.vtt');
    set('instantOf', (seconds: number) => Date.parse('2026-11-22T21:00:00Z') + seconds * 1000);
    fixture.detectChanges();
    return fixture;
  }
  const find = (fixture: ComponentFixture<PositionSlider>, selector: string): HTMLElement | null =>
    (fixture.nativeElement as HTMLElement).querySelector(selector);

  it('marks what lies within it', () => {
    const fixture = open();
    const marks = [...(fixture.nativeElement as HTMLElement).querySelectorAll<HTMLElement>('.mark')];
    expect(marks.map((mark) => [mark.dataset['kind'], mark.style.left])).toEqual([['gap', '50%']]);
  });

  it('shows picture, media time and time of day under the pointer, and fetches the storyboard only then', async () => {
    const fixture = open();
    const http = TestBed.inject(HttpTestingController);
    http.expectNone('/api/videos/7/storyboard.vtt');
    const track = find(fixture, '.track')!;
    track.getBoundingClientRect = () => new DOMRect(100, 0, 400, 26);
    const move = Object.assign(new MouseEvent('pointermove', { clientX: 300 }), { pointerType: 'mouse' });
    track.dispatchEvent(move);
    const cue = 'WEBVTT\n\n00:00:00.000 --> 00:03:20.000\nstoryboard/0#xywh=0,0,160,90\n';
    http.expectOne('/api/videos/7/storyboard.vtt').flush(cue);
    await fixture.whenStable();
    const preview = find(fixture, '[data-testid=preview]')!;
    expect(preview.textContent).toContain('1:40');
    expect(preview.textContent).toMatch(/:01:40/);
    expect(preview.querySelector('img')?.src).toContain('/api/videos/7/storyboard/0');
    track.dispatchEvent(new MouseEvent('pointerleave'));
    await fixture.whenStable();
    expect(find(fixture, '[data-testid=preview]')).toBeNull();
  });
});
