import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '@streamvault/event-store';
import { WorkQueue } from '@streamvault/jobs';
import { CommandHandling, EventRegistry, type ReadEvent } from '@streamvault/kernel';
import { createMedia, locateTools, type Media, runTool } from '@streamvault/media';
import { LibraryRoot } from '@streamvault/recording';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '../../../media/src/media.testing.js';
import { videoEvents } from '../domain/video-events.js';
import { VideoStreams } from '../video-streams.js';
import { MakeStoryboardWhenAVideoComesFromElsewhere } from './make-storyboard-when-a-video-comes-from-elsewhere.js';

const never = new AbortController().signal;
const file = 'from elsewhere.mp4';

describe('a video that was imported', () => {
  let media: Media;
  let folder: TemporaryFolder;
  let reaction: MakeStoryboardWhenAVideoComesFromElsewhere;

  beforeAll(async () => {
    media = createMedia(await locateTools());
    folder = await temporaryFolder();
    const picture = ['-f', 'lavfi', '-i', 'testsrc=size=64x36:rate=10:duration=12'];
    const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '20', '-pix_fmt', 'yuv420p'];
    await runTool({
      program: media.tools.ffmpeg.path,
      args: ['-loglevel', 'error', ...picture, ...coding, join(folder.path, file)],
    });
  });
  afterAll(() => folder.remove());

  beforeEach(async () => {
    const registry = new EventRegistry([...videoEvents]);
    const videos = new VideoStreams(new CommandHandling({ store: new MemoryEventStore(), registry }));
    const facts = {
      streamerId: 3,
      streamerName: 'somebody',
      title: 'From elsewhere',
      category: null,
      recordedAt: '2026-11-30T20:00:00.000Z',
      durationSeconds: 12,
      bytes: 1,
      width: 64,
      height: 36,
      codecs: null,
      file,
      thumbnailFile: 'from elsewhere.jpg',
      chapters: [],
    };
    const metadata = {
      commandId: 'import',
      correlationId: 'c',
      causationId: 'c',
      actor: 'somebody',
      now: facts.recordedAt,
    };
    await videos.handle({ type: 'ImportVideo', videoId: 4, by: 'somebody', at: facts.recordedAt, facts }, metadata);
    const root = new LibraryRoot(folder.path, () => Promise.resolve(true));
    reaction = new MakeStoryboardWhenAVideoComesFromElsewhere(videos, root, new WorkQueue(1), media);
  });

  const imported = { stream: 'video-4', type: 'VideoImported' } as unknown as ReadEvent;
  const storyboard = () => join(folder.path, 'from elsewhere.storyboard');

  it('gets its storyboard', async () => {
    await reaction.handle(imported, never);
    expect(await readdir(storyboard())).toEqual(['0.jpg']);
    const sprite = await readFile(join(storyboard(), '0.jpg'));
    expect(sprite.subarray(0, 2).toString('hex')).toBe('ffd8');
    expect(await media.probe(join(storyboard(), '0.jpg'))).toMatchObject({ video: { width: 1600, height: 900 } });
  });

  it('keeps the one that it brought along, and needs none where it cannot be read', async () => {
    await writeFile(join(storyboard(), '0.jpg'), 'brought along');
    await reaction.handle(imported, never);
    expect(await readFile(join(storyboard(), '0.jpg'), 'utf8')).toBe('brought along');
    await rm(storyboard(), { recursive: true });
    await writeFile(join(folder.path, file), 'no video');
    await reaction.handle(imported, never);
    await expect(readdir(storyboard())).rejects.toThrow();
  });
});
