import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { barLine, ProgressBar } from './progress-bar.js';

describe('the progress bar', () => {
  it.each([
    [0, 1_000, /^Copying ░{24} {3}0 % {2}0 of 1,000$/],
    [500, 1_000, /^Copying █{12}░{12} {2}50 % {2}500 of 1,000$/],
    [1_000, 1_000, /^Copying █{24} 100 % /],
    [2_000, 1_000, /^Copying █{24} 100 % /],
    [0, 0, /^Copying █{24} 100 % /],
    [1_234, undefined, /^Copying 1,234$/],
  ])('at %d of %p', (done, total, line) => {
    expect(barLine('Copying', done, total)).toMatch(line);
  });

  it('overwrites itself at intervals, and removes itself', () => {
    const out = new PassThrough();
    const bar = new ProgressBar(out);
    for (let n = 0; n < 1_000; n += 1) bar.show('Copying', n, 1_000);
    bar.show('Copying', 1_000, 1_000);
    bar.end();
    bar.end();
    const written = String(out.read());
    expect(written.split('\r').length).toBeLessThan(20);
    expect(written).toContain('1,000 of 1,000');
    expect(written.endsWith('\r\u001b[K')).toBe(true);
    expect(written).not.toContain('\n');
  });
});
