import type { ProbeSourceBody, SourceProbe } from '@streamvault/api-contract';
import { SourceUnavailable } from '@streamvault/platforms';
import type { ServerSources } from '@streamvault/recording';
import { sourceFrom } from '@streamvault/streamers';

type Found = Pick<SourceProbe, 'word' | 'problem'>;

const unclear: Found = {
  word: 'unknown',
  problem: {
    code: 'source.unknown',
    message:
      'Nothing that can be recorded was found there at the moment. It can be added all the same, and is looked at again and again.',
  },
};

const tooLate: Found = {
  word: 'unknown',
  problem: { code: 'source.timeout', message: 'Nothing answered in time. It can be added all the same.' },
};

/** Looks once what is at an address that somebody pasted. @throws SourceNotSupported */
export async function probeSource(
  { url: text, proxies }: ProbeSourceBody,
  sources: Pick<ServerSources, 'look' | 'resolve'>,
  signal: AbortSignal,
): Promise<Omit<SourceProbe, 'streamerId'>> {
  const { url, platform, name, credentials } = sourceFrom(text);
  const wanted = { url, platform, quality: 'best', proxies };
  const found = async (): Promise<Found> => {
    // A login is kept with the streamer, and tried with it.
    if (credentials !== undefined) return { word: 'unknown', problem: null };
    try {
      if (platform === 'hls' || platform === 'stream') {
        const word = await sources.look(wanted, signal);
        return word === 'unknown' ? unclear : { word, problem: null };
      }
      await sources.resolve(wanted, signal);
      return { word: 'live', problem: null };
    } catch (error) {
      if (signal.aborted) return tooLate;
      if (!(error instanceof SourceUnavailable)) throw error;
      if (error.code === 'source.offline') return { word: 'offline', problem: null };
      return { word: 'unknown', problem: { code: error.code, message: error.message } };
    }
  };
  return { url, platform, name, ...(await found()) };
}
