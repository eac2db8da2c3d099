import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { CutHandles } from './cut-handles';
import type { CutRange } from './cut-range';

describe('the ends of a piece on the line', () => {
  let fixture: ComponentFixture<CutHandles>;
  let ranges: CutRange[];
  let looked: number[];
  beforeEach(() => {
    fixture = TestBed.createComponent(CutHandles);
    fixture.componentRef.setInput('range', { from: 50, to: 100 });
    fixture.componentRef.setInput('end', 200);
    ranges = [];
    looked = [];
    fixture.componentInstance.rangeChange.subscribe((range) => {
      ranges.push(range);
      fixture.componentRef.setInput('range', range);
      fixture.detectChanges();
    });
    fixture.componentInstance.look.subscribe((at) => looked.push(at));
    fixture.detectChanges();
  });
  const handle = (side: string): HTMLElement =>
    (fixture.nativeElement as HTMLElement).querySelector(`[data-side=${side}]`)!;
  const press = (side: string, key: string, shiftKey = false): boolean =>
    handle(side).dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, cancelable: true }));

  it('are sliders that say where they are', () => {
    expect(handle('from').style.left).toBe('25%');
    expect(handle('to').getAttribute('aria-valuetext')).toBe('1 minute 40 seconds');
    expect(handle('to').getAttribute('aria-valuenow')).toBe('100');
  });

  it('move by key, in seconds or tenths, and show the picture there', () => {
    press('from', 'ArrowRight');
    press('from', 'ArrowLeft', true);
    press('to', 'PageUp');
    press('to', 'End');
    expect(ranges).toEqual([
      { from: 51, to: 100 },
      { from: 50.9, to: 100 },
      { from: 50.9, to: 110 },
      { from: 50.9, to: 200 },
    ]);
    expect(looked).toEqual([51, 50.9, 110, 200]);
    expect(press('to', 'k')).toBe(true);
    expect(ranges).toHaveLength(4);
  });

  it('follow a hand that holds one, push the other along, and show the picture where it lets go', () => {
    const line = (fixture.nativeElement as HTMLElement).querySelector('.line')!;
    line.getBoundingClientRect = () => new DOMRect(100, 0, 400, 26);
    const from = handle('from');
    let isHeld = false;
    Object.assign(from, {
      setPointerCapture: () => (isHeld = true),
      hasPointerCapture: () => isHeld,
      releasePointerCapture: () => (isHeld = false),
    });
    const at = (type: string, clientX: number): boolean =>
      from.dispatchEvent(Object.assign(new MouseEvent(type, { clientX, button: 0 }), { pointerId: 1 }));
    at('pointermove', 200);
    expect(ranges).toEqual([]);
    at('pointerdown', 200);
    at('pointermove', 240);
    at('pointermove', 400);
    at('pointerup', 400);
    at('pointermove', 120);
    expect(ranges).toEqual([
      { from: 70, to: 100 },
      { from: 150, to: 151 },
    ]);
    expect(looked).toEqual([150]);
  });
});
