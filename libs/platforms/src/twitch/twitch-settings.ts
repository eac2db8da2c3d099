/** Addresses of Twitch's services, and how StreamVault identifies itself. */
export interface TwitchSettings {
  /** The address of the GraphQL API. */
  readonly gqlUrl: string;
  /** The base of the service that hands out playlists. */
  readonly usherUrl: string;
  /** The client id of the web player. */
  readonly clientId: string;
  /** A user's own token: fewer advertisements, and access to subscriptions. A secret. */
  readonly userToken?: string | undefined;
  /** The codecs that the player claims to support, like `h264,h265,av1`. Anything but H.264 comes as fMP4. */
  readonly codecs: string;
  readonly timeoutSeconds: number;
}

export const DEFAULT_TWITCH_SETTINGS: TwitchSettings = {
  gqlUrl: 'https://gql.twitch.tv/gql',
  usherUrl: 'https://usher.ttvnw.net',
  clientId: 'kimne78kx3ncx6brgo4mv6wki5h1ko',
  codecs: 'h264',
  timeoutSeconds: 10,
};
