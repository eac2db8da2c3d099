import { expect, it } from '@jest/globals';
import { toolCheck } from './tool-check.js';

const tool = { path: '/x/ffmpeg', version: '4.1', origin: 'bundled' } as const;

it.each([
  [2018, 'warn'],
  [2021, 'warn'],
  [2022, 'ok'],
  [2026, 'ok'],
  [undefined, 'ok'],
])('an ffmpeg of %s is %s in 2026', (year, status) => {
  expect(toolCheck({ ...tool, year }, 2026).status).toBe(status);
});

it('that is old reports its version, its age and how to get a better one', () => {
  const { detail } = toolCheck({ ...tool, year: 2018 }, 2026);
  expect(detail).toMatch(/4\.1.*bundled.*2018, 8 years old.*apt install ffmpeg.*FFMPEG_PATH/);
});
