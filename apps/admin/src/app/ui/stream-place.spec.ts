import { describe, expect, it } from '@jest/globals';
import { streamPlace } from './stream-place';

describe('where a stream is in the console', () => {
  it.each([
    ['recording-3', 'Recording 3', ['/recordings', '3']],
    ['video-7', 'Video 7', ['/videos', '7']],
    ['streamer-1', 'Streamer 1', ['/streamers', '1']],
    [
      'source-https://live.example/a',
      'source-https://live.example/a',
      ['/audit/streams', 'source-https://live.example/a'],
    ],
    ['recording-', 'recording-', ['/audit/streams', 'recording-']],
    ['constructor-1', 'constructor-1', ['/audit/streams', 'constructor-1']],
  ])('%s', (stream, label, link) => {
    expect(streamPlace(stream)).toEqual({ label, link });
  });
});
