import { describe, expect, it } from '@jest/globals';
import { instant, LedgerBuilder } from '../ledger/ledger.testing.js';
import { playlistFromLedger } from './playlist-from-ledger.js';

const partUri = (part: { file: string }) => `parts/${part.file}`;

describe('playlistFromLedger', () => {
  it('is a growing EVENT over byte ranges', () => {
    const ledger = new LedgerBuilder().part().segment(0).segment(1).build();
    expect(playlistFromLedger(ledger, { partUri })).toBe(`#EXTM3U
#EXT-X-VERSION:4
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:EVENT
#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=12
#EXT-X-PROGRAM-DATE-TIME:${instant(0)}
#EXTINF:2,
#EXT-X-BYTERANGE:1880@0
parts/part-0001.ts
#EXTINF:2,
#EXT-X-BYTERANGE:1880
parts/part-0001.ts
`);
  });

  it('is VOD with an end if the source ended, or the owner says so', () => {
    const builder = new LedgerBuilder().part().segment(0);
    const stopped = playlistFromLedger(builder.build(), { partUri, ended: true });
    expect(stopped).toContain('#EXT-X-PLAYLIST-TYPE:VOD');
    expect(stopped.endsWith('#EXT-X-ENDLIST\n')).toBe(true);
    builder.entry({ type: 'ended', reason: 'endlist', at: instant(2) });
    expect(playlistFromLedger(builder.build(), { partUri })).toBe(stopped);
  });

  it('only ever grows at its end while it is an EVENT', () => {
    const builder = new LedgerBuilder().part().segment(0).segment(1);
    const before = playlistFromLedger(builder.build(), { partUri });
    const after = playlistFromLedger(builder.gap(4, 6).part({ reason: 'restart' }).segment(3).build(), { partUri });
    expect(after.startsWith(before)).toBe(true);
  });

  it('has no discontinuity at a restart that lost nothing, and one at a gap', () => {
    const builder = new LedgerBuilder().part().segment(0).part({ reason: 'restart' }).segment(1);
    expect(playlistFromLedger(builder.build(), { partUri })).not.toContain('DISCONTINUITY');
    const gap = playlistFromLedger(builder.gap(4, 8).segment(4).build(), { partUri });
    expect(gap.split('\n').slice(-6)).toEqual([
      '#EXT-X-DISCONTINUITY',
      `#EXT-X-PROGRAM-DATE-TIME:${instant(8)}`,
      '#EXTINF:2,',
      '#EXT-X-BYTERANGE:1880',
      'parts/part-0002.ts',
      '',
    ]);
  });

  it('names advertising after its end, without changing the text before it', () => {
    const builder = new LedgerBuilder().part().segment(0).segment(1, { ad: true });
    const during = playlistFromLedger(builder.build(), { partUri });
    expect(during).not.toContain('DATERANGE');
    builder.segment(2, { ad: true }).segment(3);
    builder.entry({ type: 'ad', from: instant(8), to: instant(38), seconds: 30, mediaSequence: 18, identity: '/ad' });
    const after = playlistFromLedger(builder.segment(19).build(), { partUri });
    expect(after.startsWith(during)).toBe(true);
    expect(after.split('\n').filter((line) => line.startsWith('#EXT-X-DATERANGE'))).toEqual([
      `#EXT-X-DATERANGE:ID="ad-1",CLASS="streamvault-ad-kept",START-DATE="${instant(2)}",DURATION=4`,
      `#EXT-X-DATERANGE:ID="ad-2",CLASS="streamvault-ad-skipped",START-DATE="${instant(8)}",DURATION=30`,
    ]);
  });

  it('names advertising at its very end too', () => {
    const builder = new LedgerBuilder().part().segment(0).segment(1, { ad: true });
    expect(playlistFromLedger(builder.build(), { partUri, ended: true })).toContain('DURATION=2\n#EXT-X-ENDLIST');
  });

  it('names the init section of every mp4 part', () => {
    const ledger = new LedgerBuilder()
      .part({ container: 'mp4' })
      .segment(0)
      .part({ container: 'mp4', reason: 'restart' })
      .segment(1)
      .build();
    const lines = playlistFromLedger(ledger, { partUri }).split('\n');
    expect(lines).toContain('#EXT-X-VERSION:6');
    expect(lines.filter((line) => line.startsWith('#EXT-X-MAP'))).toEqual([
      '#EXT-X-MAP:URI="parts/part-0001.mp4",BYTERANGE="700@0"',
      '#EXT-X-MAP:URI="parts/part-0002.mp4",BYTERANGE="700@0"',
    ]);
  });

  it('writes a date-time again if the clock and the durations differ', () => {
    const ledger = new LedgerBuilder()
      .part()
      .segment(0)
      .segment(1, { programDateTime: instant(2.1) })
      .build();
    expect(playlistFromLedger(ledger, { partUri }).match(/PROGRAM-DATE-TIME/g)).toHaveLength(2);
  });

  it('never has a segment longer than the target duration', () => {
    const ledger = new LedgerBuilder().part().segment(0, { durationSeconds: 7.6 }).build();
    expect(playlistFromLedger(ledger, { partUri })).toContain('#EXT-X-TARGETDURATION:8');
  });

  it('is a valid playlist before the first segment too', () => {
    expect(playlistFromLedger(new LedgerBuilder().build(), { partUri })).toContain('#EXT-X-TARGETDURATION:1');
  });
});
