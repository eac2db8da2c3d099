import { expect, it } from '@jest/globals';
import { rtmpThroughRelay } from './rtmp-address.js';

it.each([
  ['rtmp://a.example/live/key', 'rtmp://127.0.0.1:9/live/key', 'rtmp://a.example:1935/live'],
  ['rtmp://a.example:1936/live/key?x=1', 'rtmp://127.0.0.1:9/live/key?x=1', 'rtmp://a.example:1936/live'],
  ['rtmps://a.example/live/one/key', 'rtmp://127.0.0.1:9/live/one/key', 'rtmps://a.example:443/live/one'],
  ['rtmp://a.example/vod/mp4:a/b', 'rtmp://127.0.0.1:9/vod/mp4:a/b', 'rtmp://a.example:1935/vod'],
  ['rtmp://a.example/ondemand/a/b', 'rtmp://127.0.0.1:9/ondemand/a/b', 'rtmp://a.example:1935/ondemand'],
  ['rtmp://a.example/x', 'rtmp://127.0.0.1:9/x', 'rtmp://a.example:1935/x'],
])('%s is requested from the relay, and the server is told its own name', (written, url, called) => {
  expect(rtmpThroughRelay(written, 9)).toEqual({ url, options: ['-rtmp_tcurl', called] });
});
