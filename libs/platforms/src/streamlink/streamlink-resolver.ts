import { toFault } from '@streamvault/network';
import type { Connections } from '@streamvault/network';
import { ProxyFailure } from '@streamvault/network';
import { ForbiddenAddress } from '@streamvault/network';
import { Relay } from '@streamvault/network';
import type { CaptureSource } from '../capture-source.js';
import { Child } from '@streamvault/media';
import type { Liveness, SourceResolver, WantedSource } from '../source-resolver.js';
import { SourceUnavailable } from '../source-unavailable.js';
import { findProgram } from './find-program.js';
import { isTooOld, OLDEST_MAJOR, readAnswer, readVersion, streamlinkArguments } from './streamlink-answer.js';

/** Whether streamlink can be used. */
export type StreamlinkState =
  | { readonly status: 'ok'; readonly version: string; readonly path: string }
  | { readonly status: 'missing' }
  | { readonly status: 'too-old'; readonly version: string };

export interface StreamlinkSettings {
  /** A path, or a name to be found on the PATH. */
  readonly program: string;
  readonly timeoutSeconds: number;
}

const KNOWN_FOR_MS = 60_000;
const LARGEST = 4 << 20;

/** Pages that streamlink knows. It is only asked where their broadcast can be fetched. */
export class StreamlinkResolver implements SourceResolver {
  readonly #settings: StreamlinkSettings;
  #looked: { readonly atMs: number; readonly state: Promise<StreamlinkState> } | undefined;

  constructor(
    { program = 'streamlink', timeoutSeconds = 30 }: Partial<StreamlinkSettings>,
    private readonly connections: Connections,
  ) {
    this.#settings = { program, timeoutSeconds };
  }

  /** Checked again once a minute, because it may be installed meanwhile. */
  state(): Promise<StreamlinkState> {
    const now = Date.now();
    if (this.#looked === undefined || now - this.#looked.atMs > KNOWN_FOR_MS)
      this.#looked = { atMs: now, state: this.#look() };
    return this.#looked.state;
  }

  async resolve({ url, quality, proxies }: WantedSource, signal: AbortSignal): Promise<CaptureSource> {
    const state = await this.state();
    if (state.status === 'missing')
      throw new SourceUnavailable(
        'tool-missing',
        'This address is a page, and streamlink, which could read it, is not installed. Install it (pipx install streamlink), or use the address of an HLS playlist.',
      );
    if (state.status === 'too-old')
      throw new SourceUnavailable(
        'tool-too-old',
        `streamlink ${state.version} is too old: StreamVault needs ${OLDEST_MAJOR} or newer (pipx install streamlink).`,
      );
    const args = streamlinkArguments(url, quality);
    // Whatever page it is led to, it can reach no more than a request of our own.
    const relay = await Relay.open(this.connections, { url, ...(proxies && { proxies }) });
    try {
      return readAnswer(await this.#run(state.path, args, signal, relay.environment));
    } catch (error) {
      throw causeOnTheWay(relay) ?? error;
    } finally {
      await relay.close();
    }
  }

  async isLive(wanted: WantedSource, signal: AbortSignal): Promise<Liveness> {
    try {
      await this.resolve(wanted, signal);
      return 'live';
    } catch (error) {
      if (!(error instanceof SourceUnavailable)) throw error;
      return error.problem === 'offline' ? 'offline' : 'unknown';
    }
  }

  async #look(): Promise<StreamlinkState> {
    const path = await findProgram(this.#settings.program);
    if (path === undefined) return { status: 'missing' };
    try {
      const version = readVersion(await this.#run(path, ['--version'], new AbortController().signal));
      if (version === undefined) return { status: 'missing' };
      return isTooOld(version) ? { status: 'too-old', version } : { status: 'ok', version, path };
    } catch (error) {
      if (error instanceof SourceUnavailable) return { status: 'missing' };
      throw error;
    }
  }

  /** Its output, within the time limit. It and all its children have ended when this settles. */
  async #run(
    path: string,
    args: readonly string[],
    signal: AbortSignal,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    signal.throwIfAborted();
    const { timeoutSeconds } = this.#settings;
    const late = AbortSignal.timeout(timeoutSeconds * 1000);
    const either = AbortSignal.any([signal, late]);
    const child = await Child.start(path, args, environment);
    const kill = (): void => child.kill();
    either.addEventListener('abort', kill);
    if (either.aborted) kill();
    try {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of child.stdout) {
        bytes += (chunk as Buffer).length;
        if (bytes > LARGEST) break;
        chunks.push(chunk as Buffer);
      }
      child.kill();
      await child.ended;
      signal.throwIfAborted();
      if (late.aborted)
        throw new SourceUnavailable('timeout', `streamlink did not find the stream within ${timeoutSeconds} s.`);
      return Buffer.concat(chunks).toString('utf8');
    } finally {
      either.removeEventListener('abort', kill);
      child.kill();
    }
  }
}

/** If our relay or a proxy prevented the request, that error is exact, while streamlink can only guess. */
function causeOnTheWay({ failure }: Relay): SourceUnavailable | undefined {
  if (failure === undefined) return undefined;
  const { error, address } = failure;
  if (error instanceof ProxyFailure) return new SourceUnavailable('proxy-failed', error.message, { cause: error });
  if (!(error instanceof ForbiddenAddress)) return undefined;
  return new SourceUnavailable('unsupported', toFault(error, address).message, { cause: error });
}
