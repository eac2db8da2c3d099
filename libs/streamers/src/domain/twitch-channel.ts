import { SourceNotSupported } from './streamer-errors.js';

const twitchHosts = /(^|\.)twitch\.tv$/i;
const channelHosts = /^((www|m|go)\.)?twitch\.tv$/i;
/** Letters, digits and underscores; the oldest names have two characters, new ones four to 25. */
const login = /^\w{2,25}$/;

/** First path segments of Twitch's own pages, which cannot be names of channels. */
const pages = new Set(
  (
    'clip collections directory downloads drops embed friends inventory jobs login moderator p popout prime products search ' +
    'settings signup store subscriptions team turbo u user videos wallet'
  ).split(' '),
);

/**
 * The channel's name if an address is a Twitch channel's page or player; undefined if it is not on Twitch at all.
 * @throws SourceNotSupported for Twitch's other pages: videos and clips, or pages without a channel, cannot be recorded
 */
export function twitchChannel(url: URL): string | undefined {
  if (!twitchHosts.test(url.hostname)) return undefined;
  const words = url.pathname.split('/').filter((word) => word !== '');
  const name = /^player\./i.test(url.hostname) ? url.searchParams.get('channel') : words.length === 1 && words[0];
  const isChannel = channelHosts.test(url.hostname) || /^player\./i.test(url.hostname);
  if (isChannel && name && login.test(name) && !pages.has(name.toLowerCase())) return name;
  throw new SourceNotSupported(
    'This page of Twitch is not a channel. Paste the address of the channel itself: https://www.twitch.tv/name',
  );
}
