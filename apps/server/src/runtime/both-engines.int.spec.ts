import { contexts } from '@streamvault/contexts';
import { WorkQueue } from '@streamvault/jobs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandHandling, EventRegistry, ProjectionRunner } from '@streamvault/kernel';
import { MemoryEventStore } from '@streamvault/event-store';
import {
  ListVideos,
  LibraryFigures,
  ListVideosHandler,
  type VideoCursor,
  videoEvents,
  type VideoFacts,
  type VideoFilter,
  videoLibraryProjection,
  type VideoSort,
} from '@streamvault/library';
import {
  GetActiveRecordingsHandler,
  GetRecording,
  GetRecordingHandler,
  ListQueue,
  ListQueueHandler,
  ListRecordings,
  ListRecordingsHandler,
  ProgressBoard,
  recordingEvents,
  recordingStateNames,
  recordingViewProjection,
} from '@streamvault/recording';
import {
  ListStreamers,
  ListStreamersHandler,
  type LiveStates,
  type NameTemplates,
  type RecordingActivity,
  streamerEvents,
  streamerListProjection,
  streamersContext,
  StreamerStreams,
} from '@streamvault/streamers';
import { sample, string } from 'fast-check';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '@streamvault/kernel/postgres-testing';
import { openReadDatabase, type ReadOrm } from '@streamvault/storage';

const registry = new EventRegistry([...streamerEvents, ...recordingEvents, ...videoEvents]);
const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();

/** Titles on which database engines are known to differ. */
const oddTitles = [
  '100% done_now!',
  'back\\slash and \'quote\' "double" ? $1 :name',
  'ÄRGER in ÖSTERREICH',
  'İstanbul ve ıssız IĞDIR',
  'ΟΔΥΣΣΕΥΣ',
  'ﬁne ＷＩＤＥ ①',
  'Straße STRASSE ẞ',
  'nul\0inside',
  'half \ud800 character',
  '😀 emoji 👩‍👩‍👧',
  'a'.repeat(5000),
  '',
];
const searches = [
  '100%',
  '_now',
  '%',
  '_',
  '!',
  '\\',
  "'",
  'ärger',
  'ÄR',
  'istanbul',
  'σσ',
  'WIDE',
  'straße',
  'strasse',
  '😀',
  'inside',
  'half',
  'e x',
  '?',
  'a b',
];

const chosenProxies = [null, ['home', 'direct'], ['far']];

interface Opened {
  readonly name: string;
  readonly orm: ReadOrm;
  readonly runner: ProjectionRunner;
}

describe('SQLite and PostgreSQL', () => {
  let folder: string;
  let server: PostgresServer;
  let engines: Opened[];
  const store = new MemoryEventStore();
  const videos: VideoFacts[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sv-alike-'));
    server = await PostgresServer.start();
    await write();
    engines = await Promise.all(
      [`sqlite:${join(folder, 'read.db')}`, await server.createDatabase()].map(async (url) => {
        const orm = await openReadDatabase(url, contexts);
        const silent = () => {};
        const runner = new ProjectionRunner({
          store,
          registry,
          em: () => orm.em,
          projections: [streamerListProjection, recordingViewProjection, videoLibraryProjection],
          logger: { info: silent, warn: silent, error: silent },
        });
        runner.start();
        return { name: url.slice(0, url.indexOf(':')), orm, runner };
      }),
    );
    for (const { runner } of engines) expect(await runner.waitForNonStale(30_000)).toBe(true);
  });
  afterAll(async () => {
    for (const { orm, runner } of engines) {
      await runner.stop();
      await orm.close();
    }
    await server.dispose();
    await rm(folder, { recursive: true });
  });

  const append = async (stream: `${string}-${number}`, type: string, data: object, version = 1): Promise<void> => {
    const metadata = { $correlationId: randomUUID(), $causationId: randomUUID(), actor: 'test' };
    await store.append(stream, [{ id: randomUUID(), type, version, data: data as never, metadata }], 'any');
  };

  async function write(): Promise<void> {
    const words = sample(string({ unit: 'grapheme', maxLength: 20 }), { numRuns: 150, seed: 7 });
    for (const [index, title] of [...oddTitles, ...words].entries()) {
      const id = index + 1;
      const facts: VideoFacts = {
        recordingId: id,
        outputNumber: 1,
        streamerId: 1 + (index % 5),
        streamerName: index % 3 === 0 ? 'Ünsal' : 'somebody',
        title,
        category: index % 2 === 0 ? null : 'Ω',
        // Many with the same instant, length and size, so that the id decides.
        recordedAt: at(index % 11),
        durationSeconds: [0.1 + 0.2, 1 / 3, 1e-7, 12_345.678][index % 4]!,
        bytes: index % 7 === 0 ? Number.MAX_SAFE_INTEGER : 3_000_000_000 + (index % 3),
        width: index % 5 === 0 ? null : 1920,
        height: null,
        codecs: null,
        file: `f/${title}.mp4`,
        thumbnailFile: 't.jpg',
        chapters: [],
        gaps:
          index % 4 === 0
            ? []
            : [{ from: at(0), to: at(1), seconds: 60, cause: { code: 'test.nul', message: `${title}\0` } }],
      };
      videos.push(facts);
      await append(`video-${id}`, 'VideoAdded', { ...facts, videoId: id, at: at(0) });
    }
    for (let id = 1; id <= 60; id++) await writeRecording(id);
    for (const [index, proxies] of chosenProxies.entries()) await writeStreamer(index + 1, proxies);
  }

  /** Added without proxies, and then changed. */
  async function writeStreamer(streamerId: number, proxies: string[] | null): Promise<void> {
    const facts = { name: `Streamer ${streamerId}`, autoRecord: false, quality: 'best', ads: 'skip', at: at(0) };
    const added = { ...facts, streamerId, url: `http://x/${streamerId}`, platform: 'hls', proxies: null };
    await append(`streamer-${streamerId}`, 'StreamerAdded', added, 4);
    await append(`streamer-${streamerId}`, 'StreamerChanged', { ...facts, proxies }, 3);
  }

  /** Each as far advanced as its number says. */
  async function writeRecording(id: number): Promise<void> {
    const deadline = at(60);
    const story: [string, object][] = [
      [
        'RecordingRequested',
        {
          recordingId: id,
          streamerId: 1 + (id % 4),
          streamerName: oddTitles[id % 12],
          source: { url: 'http://x', platform: 'hls' },
          quality: 'best',
          title: null,
          category: null,
          trigger: { kind: 'user', by: 'api', reason: null },
          broadcastId: null,
          at: at(id),
          deadline,
        },
      ],
      ['CaptureStarting', { at: at(id), deadline }],
      ['CaptureStarted', { at: at(id) }],
      ['PartOpened', { at: at(id), number: 1, container: 'ts', reason: 'start\0' }],
      ['CaptureInterrupted', { at: at(id), cause: { code: 'x.y', message: 'gone \ud800' }, deadline }],
      ['CaptureResumed', { at: at(id) }],
      ['StopRequested', { at: at(id), by: 'api', cause: null, deadline }],
      ['PartClosed', { at: at(id), number: 1, bytes: 2 ** 52, segments: 3, durationSeconds: 1 / 3 }],
      [
        'CaptureEnded',
        { at: at(id), bytes: 2 ** 52, segments: 3, durationSeconds: 1 / 3, capturedRatio: 1, adSeconds: 0 },
      ],
      ['RecordingFinalized', { at: at(id), outputs: [], steps: [{ name: 'thumbnail', dependsOn: [] }], deadline }],
      ['StepStarted', { at: at(id), name: 'thumbnail', attempt: 1 }],
      [
        'StepFailed',
        { at: at(id), name: 'thumbnail', attempt: 1, cause: { code: 'x', message: 'broken' }, retryAt: null },
      ],
      ['RecordingCompleted', { at: at(id) }],
    ];
    for (const [type, data] of story.slice(0, 1 + (id % story.length))) await append(`recording-${id}`, type, data);
  }

  /** The answer of the engines, after a check that they are equal. */
  async function alike<Answer>(ask: (em: ReadOrm['em']) => Promise<Answer>): Promise<Answer> {
    const [sqlite, postgresql] = await Promise.all(engines.map(({ orm }) => ask(orm.em)));
    expect(postgresql).toEqual(sqlite);
    return sqlite!;
  }

  async function everyPage(em: ReadOrm['em'], filter: VideoFilter & { sort: VideoSort }) {
    const pages: unknown[][] = [];
    let after: VideoCursor | undefined;
    do {
      const page = await new ListVideosHandler(em).execute(new ListVideos({ ...filter, limit: 7, after }));
      pages.push(page.items);
      after = page.next === null ? undefined : (JSON.parse(JSON.stringify(page.next)) as VideoCursor);
    } while (after);
    return pages;
  }

  it.each<VideoSort>(['recordedAt', '-recordedAt', 'durationSeconds', '-durationSeconds', 'bytes', '-bytes'])(
    'page the library by %s in the same order, with every video once',
    async (sort) => {
      const pages = await alike((em) => everyPage(em, { sort }));
      const ids = (pages.flat() as { id: number }[]).map(({ id }) => id);
      const key = sort.replace('-', '') as 'recordedAt' | 'durationSeconds' | 'bytes';
      const sign = sort.startsWith('-') ? -1 : 1;
      const expected = videos
        .map((video, index) => ({ id: index + 1, value: video[key] }))
        .toSorted((a, b) => sign * ((a.value < b.value ? -1 : a.value > b.value ? 1 : 0) || a.id - b.id));
      expect(ids).toEqual(expected.map(({ id }) => id));
      // A filter that all match: each page but the last is found within the nearest rows.
      expect(await alike((em) => everyPage(em, { sort, isKept: false }))).toEqual(pages);
    },
  );

  it.each(searches)('find the same videos by %j, and only those', async (text) => {
    const pages = await alike((em) => everyPage(em, { text, sort: 'bytes' }));
    const found = (pages.flat() as { id: number }[]).map(({ id }) => id);
    const folded = (value: string) =>
      value.toWellFormed().replaceAll('\0', '\uFFFD').normalize('NFKC').toLocaleLowerCase('en');
    const words = folded(text).split(/\s+/);
    const expected = videos.flatMap(({ title, streamerName, category }, index) =>
      words.every((word) => folded(`${title} ${streamerName} ${category ?? ''}`).includes(word)) ? [index + 1] : [],
    );
    expect(found.toSorted((a, b) => a - b)).toEqual(expected);
  });

  it('take whatever is typed as text', async () => {
    for (const text of sample(string({ unit: 'binary', maxLength: 30 }), { numRuns: 200, seed: 3 }))
      await alike((em) => new ListVideosHandler(em).execute(new ListVideos({ text, sort: 'bytes', limit: 5 })));
  });

  it('narrow the library down in the same way', async () => {
    for (const filter of [
      { from: at(3) },
      { to: at(3) },
      { from: '2026-01-01T00:03:00Z' },
      { streamerId: 2 },
      { streamerId: Number.MAX_SAFE_INTEGER },
    ])
      await alike((em) => everyPage(em, { ...filter, sort: '-recordedAt' }));
  });

  it('filter, count and sum the library in the same way', async () => {
    const inAny = (value: boolean) => (facts: VideoFacts) => facts.gaps.length > 0 === value;
    const cases: [VideoFilter, (facts: VideoFacts) => boolean][] = [
      [{}, () => true],
      [{ category: 'ω' }, ({ category }) => category === 'Ω'],
      [{ category: 'nothing' }, () => false],
      [{ minSeconds: 1 / 3 }, ({ durationSeconds }) => durationSeconds >= 1 / 3],
      [{ maxSeconds: 1 / 3, minSeconds: 0 }, ({ durationSeconds }) => durationSeconds <= 1 / 3],
      [{ hasGaps: true }, inAny(true)],
      [{ hasGaps: false }, inAny(false)],
      [{ isKept: true }, () => false],
      [{ isKept: false, streamerId: 2 }, ({ streamerId }) => streamerId === 2],
    ];
    for (const [filter, isWanted] of cases) {
      const { total, items } = await alike((em) =>
        new ListVideosHandler(em).execute(new ListVideos({ ...filter, sort: 'bytes', limit: 3 })),
      );
      const wanted = videos.filter(isWanted);
      const bytes = Number(wanted.reduce((sum, video) => sum + BigInt(video.bytes), 0n));
      expect({ filter, total }).toEqual({ filter, total: { videos: wanted.length, bytes } });
      expect(items).toHaveLength(Math.min(3, wanted.length));
    }
  });

  it('count what is there and what was lost in the same way', async () => {
    const { total, streamers, months } = await alike(async (em) => {
      const figures = await new LibraryFigures(em as never).of();
      const whole = ({ videos, gaps, gapSeconds }: typeof figures.total) => ({ videos, gaps, gapSeconds });
      return {
        total: whole(figures.total),
        streamers: figures.streamers.map((one) => ({ ...whole(one), streamerId: one.streamerId })),
        months: figures.months.map((one) => ({ ...whole(one), month: one.month })),
      };
    });
    const figuresOf = (some: readonly VideoFacts[]) => {
      const gaps = some.flatMap((video) => video.gaps);
      return { videos: some.length, gaps: gaps.length, gapSeconds: gaps.length * 60 };
    };
    expect(total).toEqual(figuresOf(videos));
    expect(months).toEqual([{ ...figuresOf(videos), month: '2026-01' }]);
    for (const { streamerId, ...figures } of streamers)
      expect(figures).toEqual(figuresOf(videos.filter((video) => video.streamerId === streamerId)));
  });

  it('read the proxies of streamers in the same way', async () => {
    const nothing: RecordingActivity = {
      active: () => Promise.resolve(new Map()),
      activeOf: () => Promise.resolve(undefined),
    };
    const handling = new CommandHandling({
      store: new MemoryEventStore(),
      registry: new EventRegistry(streamersContext.events ?? []),
    });
    const streams = new StreamerStreams(handling);
    const unseen: LiveStates = { all: () => Promise.resolve(new Map()) };
    const names: NameTemplates = { forAll: () => Promise.resolve('{title}'), problemsOf: () => [] };
    const { items } = await alike((em) =>
      new ListStreamersHandler(em, streams, nothing, unseen, names).execute(new ListStreamers({ limit: 9 })),
    );
    expect(items.map(({ proxies }) => proxies)).toEqual(chosenProxies);
  });

  it('list recordings in the same way', async () => {
    for (const state of recordingStateNames) {
      const { items } = await alike((em) =>
        new ListRecordingsHandler(em, new ProgressBoard()).execute(new ListRecordings({ states: [state], limit: 50 })),
      );
      expect(items.every((item) => item.state === state)).toBe(true);
    }
    for (const before of [undefined, 17, -1, Number.MAX_SAFE_INTEGER]) {
      for (const streamerId of [undefined, 3]) {
        await alike((em) =>
          new ListRecordingsHandler(em, new ProgressBoard()).execute(
            new ListRecordings({ before, streamerId, limit: 9 }),
          ),
        );
      }
    }
    for (let id = 1; id <= 60; id++)
      await alike((em) => new GetRecordingHandler(em, new ProgressBoard()).execute(new GetRecording(id)));
    expect((await alike((em) => new GetActiveRecordingsHandler(em).execute())).size).toBeGreaterThan(0);
    expect(
      (await alike((em) => new ListQueueHandler(em, new WorkQueue(1)).execute(new ListQueue()))).length,
    ).toBeGreaterThan(0);
  });

  it('find nothing that does not exist, however large its id', async () => {
    for (const { orm } of engines)
      await expect(
        new GetRecordingHandler(orm.em, new ProgressBoard()).execute(new GetRecording(Number.MAX_SAFE_INTEGER)),
      ).rejects.toMatchObject({ code: 'recording.not-found' });
  });
});
