import { describe, expect, it } from '@jest/globals';
import type { Notice } from './notice.js';
import { inWordsOf, unknownVariables } from './template.js';

const notice: Notice = {
  kind: 'streamer.live',
  severity: 'info',
  title: 'Ada is live',
  text: 'Evening show\nArt',
  at: '2026-11-30T12:00:00.000Z',
  streamerId: 3,
  streamerName: 'Ada',
  show: 'Evening show',
  recordingId: null,
  videoId: null,
  link: 'https://vault.example/streamers/3',
};

describe('a template', () => {
  it('inserts values, with or without blanks', () => {
    const template = { title: '{{ streamer }} 🔴 {{show}}', text: '{{kind}}: {{link}}' };
    expect(inWordsOf(template, notice)).toEqual({
      title: 'Ada 🔴 Evening show',
      text: 'streamer.live: https://vault.example/streamers/3',
    });
  });

  it('leaves the default text if it has none, and if its result is empty', () => {
    expect(inWordsOf(undefined, notice)).toEqual({ title: notice.title, text: notice.text });
    expect(inWordsOf({ title: null, text: '' }, notice)).toEqual({ title: notice.title, text: '' });
    expect(inWordsOf({ title: '{{show}}', text: null }, { ...notice, show: null }).title).toBe('Ada is live');
  });

  it('does not read values as templates, and makes one line of a title', () => {
    const sly = { ...notice, show: '{{link}}\r\nBcc: b', streamerName: '$& $1' };
    expect(inWordsOf({ title: '{{show}}', text: '{{streamer}}' }, sly)).toEqual({
      title: '{{link}} Bcc: b',
      text: '$& $1',
    });
  });

  it('may only name existing variables', () => {
    expect(unknownVariables({ title: '{{streamer}} {{ game }}', text: '{{constructor}} {{}}' })).toEqual([
      'game',
      'constructor',
      '',
    ]);
    expect(unknownVariables({ title: 'plain', text: null })).toEqual([]);
  });
});
