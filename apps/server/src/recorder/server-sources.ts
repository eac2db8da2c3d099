import type { RecordingContext, SourceResolver } from '@streamvault/recording';

/** Turns a streamer's address into one that the engine can open. */
export class ServerSources implements SourceResolver {
  /** Where this server itself listens; known once it does. */
  #ownAddress = '';

  listensAt(address: string): void {
    this.#ownAddress = address;
  }

  resolve({ url, platform }: RecordingContext['source']): Promise<{ readonly url: string }> {
    return Promise.resolve({ url: platform === 'demo' ? `${this.#ownAddress}/demo/live.m3u8` : url });
  }
}
