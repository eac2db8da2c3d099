/** Where Twitch is asked, and as whom. */
export interface TwitchSettings {
  /** The address of the GraphQL API. */
  readonly gqlUrl: string;
  /** The base of the service that hands out playlists. */
  readonly usherUrl: string;
  /** What the web player calls itself. */
  readonly clientId: string;
  /** A user's own token: fewer advertisements, and what he has subscribed to. A secret. */
  readonly userToken?: string | undefined;
  /** What the player claims to understand, like `h264,h265,av1`. More than H.264 comes as fMP4. */
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
