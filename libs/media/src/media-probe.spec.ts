import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseProbe } from './media-probe.js';

describe('parseProbe', () => {
  it('reads a finished video', () => {
    const json = {
      format: {
        format_name: 'mov,mp4',
        duration: '12.032000',
        start_time: '0.000000',
        size: '1234',
        tags: { title: 'T', comment: 'c' },
      },
      streams: [
        { index: 0, codec_type: 'video', codec_name: 'png', width: 9, height: 9, disposition: { attached_pic: 1 } },
        {
          index: 1,
          codec_type: 'video',
          codec_name: 'h264',
          profile: 'High',
          level: 31,
          width: 1280,
          height: 720,
          avg_frame_rate: '60000/1001',
          duration: '12.0',
          nb_read_packets: '720',
        },
        { index: 2, codec_type: 'audio', codec_name: 'aac', profile: 'LC', sample_rate: '48000', channels: 2 },
        { index: 3, codec_type: 'data', codec_name: 'timed_id3' },
      ],
    };
    expect(parseProbe(json)).toEqual({
      formatName: 'mov,mp4',
      durationSeconds: 12.032,
      startSeconds: 0,
      bytes: 1234,
      title: 'T',
      comment: 'c',
      video: {
        index: 1,
        codec: 'h264',
        profile: 'High',
        codecs: 'avc1.64001f',
        width: 1280,
        height: 720,
        frameRate: 59.94,
        durationSeconds: 12,
        packets: 720,
      },
      audio: { index: 2, codec: 'aac', profile: 'LC', codecs: 'mp4a.40.2', sampleRate: 48000, channels: 2 },
      audioTracks: [{ index: 2, codec: 'aac', profile: 'LC', codecs: 'mp4a.40.2', sampleRate: 48000, channels: 2 }],
    });
  });

  it('leaves out unknown values: N/A, 0/0, a stream without a size', () => {
    const json = {
      format: { duration: 'N/A', size: '' },
      streams: [{ codec_type: 'video', codec_name: 'h264', width: 0, height: 0, avg_frame_rate: '0/0' }],
    };
    expect(parseProbe(json)).toEqual({ formatName: 'unknown', audioTracks: [] });
  });

  it('accepts any JSON', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => expect(parseProbe(json).audioTracks).toEqual([])));
    const streams = fc.record({
      streams: fc.array(fc.dictionary(fc.constantFrom('codec_type', 'width', 'disposition'), fc.jsonValue())),
    });
    fc.assert(fc.property(streams, (json) => expect(parseProbe(json).formatName).toBe('unknown')));
  });
});
