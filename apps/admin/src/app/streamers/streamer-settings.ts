import type { Streamer } from '@streamvault/api-contract';
import { adChoiceWords } from './ad-choices';
import { proxyWords } from './proxy-order';
import { qualityLabel } from './qualities';

/** How a streamer is recorded, in words; every setting that the dialog changes. */
export function streamerSettings(streamer: Streamer): { readonly name: string; readonly value: string }[] {
  return [
    { name: 'Quality', value: qualityLabel(streamer.quality) },
    { name: 'Advertising', value: adChoiceWords(streamer.ads) },
    { name: 'Route', value: proxyWords(streamer.proxies) },
    {
      name: 'Starts',
      value: streamer.autoRecord ? 'automatically' : 'manually',
    },
  ];
}
