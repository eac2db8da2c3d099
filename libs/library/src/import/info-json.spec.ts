import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { infoJsonPaths, parseInfoJson } from './info-json.js';

describe('what others write beside a video', () => {
  it('LiveStreamDVR: chapters count from when the first byte was written', () => {
    const json = {
      version: 2,
      type: 'twitch',
      streamer_name: 'Somebody',
      started_at: '2024-05-03T21:59:00Z',
      capture_started: '2024-05-03T22:00:00Z',
      segments: ['somebody_2024-05-03.mp4'],
      chapters: [
        { started_at: '2024-05-03T21:59:00Z', title: 'Warm-up', game_name: 'Just Chatting', online: true },
        { started_at: '2024-05-03T22:30:00Z', title: 'Late show', game_name: 'Chess', online: true },
      ],
    };
    expect(parseInfoJson(JSON.stringify(json))).toEqual({
      title: 'Late show',
      streamerName: 'Somebody',
      category: 'Chess',
      recordedAt: '2024-05-03T22:00:00.000Z',
      chapters: [
        { atSeconds: 0, title: 'Warm-up', category: 'Just Chatting' },
        { atSeconds: 1800, title: 'Late show', category: 'Chess' },
      ],
    });
  });

  it('Ganymede and yt-dlp', () => {
    expect(
      parseInfoJson(
        JSON.stringify({ user_name: 'S', title: 'T', game_name: 'Chess', started_at: '2024-05-03T22:00:00Z' }),
      ),
    ).toMatchObject({ streamerName: 'S', title: 'T', category: 'Chess', recordedAt: '2024-05-03T22:00:00.000Z' });
    const ytDlp = {
      channel: 'S',
      title: 'T',
      timestamp: 1_714_773_600,
      chapters: [{ start_time: 5, end_time: 9, title: 'A' }],
    };
    expect(parseInfoJson(JSON.stringify(ytDlp))).toMatchObject({
      recordedAt: '2024-05-03T22:00:00.000Z',
      chapters: [{ atSeconds: 5, title: 'A' }],
    });
  });

  it('is looked for under the names that they use', () => {
    expect(infoJsonPaths('a/show-video')).toEqual(
      expect.arrayContaining(['a/show-video.info.json', 'a/show-info.json', 'a/show-video.json']),
    );
    expect(infoJsonPaths('a/show_vod')).toContain('a/show.json');
  });

  it('can be anything', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const info = parseInfoJson(text);
        for (const { atSeconds } of info?.chapters ?? []) expect(atSeconds).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
