import type { Platform } from '@streamvault/api-contract';
import { inWords } from '../ui/states';

const known: Readonly<Record<Platform, string>> = {
  hls: 'HLS playlist',
  twitch: 'Twitch channel',
  stream: 'Recorded by ffmpeg',
  web: 'Web page',
  demo: 'Demo, made by this server',
};

/** A platform of a newer server is shown by its own name. */
export const platformLabel = (platform: string): string =>
  Object.hasOwn(known, platform) ? known[platform as Platform] : inWords(platform);
