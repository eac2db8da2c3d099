import { type FakeWorld, at } from './fake-world.ts';
import { aRecording, aStreamer, aVideo } from './fixtures.ts';

/** A library with a past: what a page looks like after some weeks. */
export function seed(world: FakeWorld): void {
  const hour = 3600;
  const streamers = ['Harbour camera', 'Night radio', 'Council meeting', 'Falcon nest'];
  for (const [index, name] of streamers.entries()) {
    const url = `https://live.example/${name.toLowerCase().replaceAll(' ', '-')}/master.m3u8`;
    world.streamers.set(
      index + 1,
      aStreamer({
        id: index + 1,
        name,
        url,
        quality: index === 1 ? 'audio' : 'best',
        ads: index === 2 ? 'keep' : 'skip',
      }),
    );
    world.append(`streamer-${index + 1}`, 'StreamerAdded', { name, url }, 'api');
  }
  const titles = [
    'Ferries at dusk',
    'Late session with a title that is rather longer than a card is wide',
    'Budget 2027',
  ];
  for (let index = 0; index < 14; index += 1) {
    const id = index + 1;
    const streamerId = (index % 4) + 1;
    const streamerName = streamers[index % 4] ?? '';
    const start = -(index + 1) * 31 * hour;
    const seconds = 900 + ((index * 1873) % 9000);
    const gap = {
      from: at(start + seconds * 0.4),
      to: at(start + seconds * 0.4 + 21),
      seconds: 21,
      cause: {
        code: 'source.timeout',
        message: 'The source did not answer within 10 seconds.',
      },
    };
    const gaps = index % 3 === 1 ? [gap] : [];
    const parts = [0, 0.4].slice(0, gaps.length + 1).map((share, part) => ({
      number: part + 1,
      bytes: 5e8,
      durationSeconds: seconds / (gaps.length + 1),
      container: 'ts' as const,
      openedAt: at(start + seconds * share + (part === 0 ? 0 : 21)),
      reason: part === 0 ? 'start' : 'restart',
      closedAt: at(start + (part === 0 && gaps.length > 0 ? seconds * 0.4 : seconds)),
    }));
    const failed = index === 5;
    const cancelled = index === 9;
    const steps = ['publish', 'thumbnail'].map((name) => {
      const broken = index === 3 && name === 'thumbnail';
      const error = broken ? 'ffmpeg found no picture in the first 30 seconds.' : null;
      return {
        name,
        state: broken ? ('failed' as const) : ('succeeded' as const),
        attempts: broken ? 5 : 1,
        error,
        retryAt: null,
        dependsOn: [],
      };
    });
    world.recordings.set(
      id,
      aRecording({
        id,
        streamerId,
        streamerName,
        parts,
        gaps,
        gapSeconds: gaps.length * 21,
        ads: index === 1 ? [{ from: at(start + 60), to: at(start + 150), seconds: 90, kept: false }] : [],
        adSeconds: index === 1 ? 90 : 0,
        stalls: gaps.map(({ from, to, cause }) => ({ from, to, cause })),
        stallSeconds: gaps.length * 21,
        retries: gaps.length * 14,
        steps,
        title: titles[index % 5] ?? null,
        state: failed ? 'failed' : cancelled ? 'cancelled' : 'completed',
        requestedAt: at(start - 2),
        startedAt: at(start),
        endedAt: at(start + seconds),
        bytes: seconds * 7e5,
        durationSeconds: seconds,
        capturedRatio: gaps.length > 0 ? 0.9951 : 1,
        videoId: failed || cancelled ? null : id,
        playable: !failed,
        failure: failed
          ? {
              code: 'source.not-a-playlist',
              message: 'The address answered with a web page, not with a playlist.',
            }
          : null,
      }),
    );
    const stream = `recording-${id}`;
    const source = { url: 'https://live.example/master.m3u8', platform: 'hls' };
    world.append(stream, 'RecordingRequested', { streamerName, source, quality: 'best' }, 'api', at(start - 2));
    world.append(stream, 'CaptureStarting', {}, 'recorder', at(start - 1));
    if (failed) {
      const cause = {
        code: 'source.not-a-playlist',
        message: 'The address answered with a web page, not with a playlist.',
      };
      world.append(stream, 'RecordingFailed', { cause }, 'recorder', at(start));
      continue;
    }
    world.append(stream, 'PartOpened', { number: 1, container: 'ts', reason: 'start' }, 'recorder', at(start));
    world.append(stream, 'CaptureStarted', {}, 'recorder', at(start));
    if (gaps.length > 0) {
      world.append(stream, 'CaptureInterrupted', { cause: gap.cause }, 'recorder', gap.from);
      world.append(stream, 'GapRecorded', gap, 'recorder', gap.to);
      world.append(stream, 'CaptureResumed', {}, 'recorder', gap.to);
    }
    if (cancelled) {
      world.append(stream, 'RecordingCancelled', { by: 'api' }, 'api', at(start + seconds));
      continue;
    }
    world.append(stream, 'StopRequested', { by: 'api' }, 'api', at(start + seconds));
    const totals = {
      bytes: seconds * 700_000,
      segments: Math.round(seconds / 2),
      durationSeconds: seconds,
      adSeconds: 0,
    };
    world.append(stream, 'CaptureEnded', { ...totals, capturedRatio: 1 }, 'recorder', at(start + seconds + 1));
    world.append(stream, 'RecordingFinalized', { outputs: [totals] }, 'recorder', at(start + seconds + 4));
    for (const step of steps) {
      const { name } = step;
      world.append(stream, 'StepStarted', { name, attempt: 1 }, 'recorder', at(start + seconds + 5));
      if (step.state === 'succeeded') {
        world.append(stream, 'StepSucceeded', { name, attempt: 1 }, 'recorder', at(start + seconds + 6));
        continue;
      }
      const cause = { code: 'media.no-picture', message: step.error ?? '' };
      world.append(
        stream,
        'StepFailed',
        { name, attempt: 5, cause, retryAt: null },
        'recorder',
        at(start + seconds + 6),
      );
    }
    world.append(stream, 'RecordingCompleted', {}, 'recorder', at(start + seconds + 8));
    world.videos.set(
      id,
      aVideo({
        id,
        recordingId: id,
        streamerId,
        streamerName,
        gaps,
        title: titles[index % 5] ?? `${streamerName} on a plain day`,
        recordedAt: at(start),
        durationSeconds: seconds,
        bytes: seconds * 7e5,
        protected: index === 2,
        watchedAt: null,
        origin: null,
        thumbnailUrl: `/api/videos/${id}/thumbnail`,
        streamUrl: `/api/videos/${id}/stream`,
        bin: null,
        chapters:
          index === 0
            ? [0, 300, 640].map((start) => ({
                at: start,
                title: `Part at ${start}`,
                category: null,
              }))
            : [],
      }),
    );
  }
}
