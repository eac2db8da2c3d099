import { expect, it } from '@jest/globals';
import { rtmpPlace } from './rtmp-address.js';

it.each([
  ['rtmp://a.example/live/key', 'live', 'rtmp://a.example:1935/live', 'key'],
  ['rtmp://a.example:1936/live/key?x=1', 'live', 'rtmp://a.example:1936/live', 'key?x=1'],
  ['rtmps://a.example/live/one/key', 'live/one', 'rtmps://a.example:443/live/one', 'key'],
  ['rtmp://a.example/vod/mp4:a/b', 'vod', 'rtmp://a.example:1935/vod', 'mp4:a/b'],
  ['rtmp://a.example/vod/film.mp4', 'vod', 'rtmp://a.example:1935/vod', 'mp4:film.mp4'],
  ['rtmp://a.example/vod/film.flv', 'vod', 'rtmp://a.example:1935/vod', 'film'],
  ['rtmp://a.example/ondemand/a/b', 'ondemand', 'rtmp://a.example:1935/ondemand', 'a/b'],
  ['rtmp://a.example/x', 'x', 'rtmp://a.example:1935/x', ''],
  ['rtmp://a.example/x?key=1', 'x?key=1', 'rtmp://a.example:1935/x?key=1', ''],
  ['rtmp://a.example/x/', 'x', 'rtmp://a.example:1935/x', ''],
])('%s is asked for by its parts, and the server hears its own name', (written, app, tcUrl, stream) => {
  expect(rtmpPlace(written)).toEqual({ app, tcUrl, stream });
});

it('an address without a host is none', () => {
  expect(rtmpPlace('nonsense')).toBeUndefined();
});
