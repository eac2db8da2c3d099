import { Inject, Injectable } from '@nestjs/common';
import { SecretVault } from '@streamvault/secrets';
import { AppToken } from './app-token.js';
import { Helix } from './helix.js';
import { TwitchApi } from './twitch-api.js';
import { TwitchHttp } from './twitch-http.js';
import { credentialsOf, twitchSettings, type TwitchSettings } from './twitch-settings.js';
import { UserToken } from './user-token.js';

export interface SignedInTwitch {
  readonly clientId: string;
  readonly appToken: AppToken;
  readonly helix: Helix;
  readonly api: TwitchApi;
  readonly userToken: UserToken;
}

/** How this installation reaches Twitch: with its own credentials, or without. */
@Injectable()
export class TwitchConnection {
  readonly http = new TwitchHttp();
  /** Undefined without credentials. */
  readonly signedIn: SignedInTwitch | undefined;

  constructor(
    @Inject(twitchSettings.token) readonly settings: TwitchSettings,
    vault: SecretVault,
  ) {
    const credentials = credentialsOf(settings);
    if (!credentials) return;
    const { http } = this;
    const { TWITCH_HELIX_URL: baseUrl, TWITCH_ID_URL: idUrl } = settings;
    const { clientId } = credentials;
    const appToken = new AppToken(credentials, idUrl, http);
    const helix = new Helix({ baseUrl, clientId, http });
    const userToken = new UserToken({ credentials, idUrl, http, vault });
    this.signedIn = { clientId, appToken, helix, api: new TwitchApi(helix, appToken), userToken };
  }
}
