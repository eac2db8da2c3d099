import type { Ledger, LedgerPart } from '../ledger/ledger.js';
import { GrowingPlaylist } from './growing-playlist.js';

export interface LedgerPlaylistOptions {
  /** The address of a part, absolute or relative to the playlist. */
  readonly partUri: (part: LedgerPart) => string;
  /** Nothing more will come: VOD with an end. Default: what the ledger says (it knows of an ENDLIST, not of a stop). */
  readonly ended?: boolean;
}

/** The playlist of a ledger as it stands, each segment an entry. */
export const playlistFromLedger = (ledger: Ledger, { partUri, ended }: LedgerPlaylistOptions): string =>
  new GrowingPlaylist(ledger, { partUri }).text(ended ?? ledger.ended !== undefined);

export interface MasterOptions {
  /** Addresses of the two playlists, absolute or relative to this one. */
  readonly pictureUri: string;
  readonly soundUri: string;
}

/** A master playlist (RFC 8216 section 4.3.4) for a recording whose audio has a ledger of its own. */
export function masterPlaylist(picture: Ledger, sound: Ledger, { pictureUri, soundUri }: MasterOptions): string {
  const rate = ({ totals }: Ledger): number =>
    totals.durationSeconds === 0 ? 0 : (totals.bytes * 8) / totals.durationSeconds;
  const bandwidth = Math.max(1, Math.ceil(rate(picture) + rate(sound)));
  return `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,URI="${soundUri}"
#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},AUDIO="sound"
${pictureUri}
`;
}
