import { expect, it } from '@jest/globals';
import { chaptersVtt } from './chapters-vtt.js';

it('writes chapters as WebVTT, whatever their titles', () => {
  const chapters = [
    { at: 0, title: `It's "日本語" / ../../etc 🎮` },
    { at: 3661.5, title: 'a --> b\n\n<i>&' },
  ];
  expect(chaptersVtt(chapters, 7200)).toBe(
    [
      'WEBVTT\n',
      `00:00:00.000 --> 01:01:01.500\nIt's "日本語" / ../../etc 🎮\n`,
      '01:01:01.500 --> 02:00:00.000\na --&gt; b &lt;i&gt;&amp;\n',
    ].join('\n'),
  );
  expect(chaptersVtt([], 7200)).toBe('WEBVTT\n');
});
