import { execFileSync } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { administratorSettings } from '../../../tests/e2e/support/signed-in.js';
import { Service } from '../processes.js';

export interface ServedLibrary {
  readonly server: Service;
  /** What the server and nginx both have. */
  readonly folder: string;
  readonly video: string;
  readonly picture: string;
  readonly videoId: number;
  readonly bytes: number;
}

/** The built server with one video in its library, which was imported. */
export async function startLibrary(folder: string, megabytes: number): Promise<ServedLibrary> {
  const data = join(folder, 'data');
  const recordings = join(folder, 'recordings');
  mkdirSync(join(recordings, 'Bench'), { recursive: true });
  mkdirSync(data);
  const [video, picture] = [join('Bench', 'video.mp4'), join('Bench', 'video.jpg')];
  makeVideo(join(recordings, video), megabytes);
  makePicture(join(recordings, video), join(recordings, picture));
  const server = await Service.server(data, { RECORDINGS_DIR: recordings, ...administratorSettings });
  const { id: streamerId } = (await server.json('POST', '/api/streamers', {
    url: 'http://127.0.0.1:9/live.m3u8',
    name: 'Bench',
  })) as { id: number };
  const report = (await server.json('POST', '/api/library/import', { path: '.', dryRun: false, streamerId })) as {
    imported: { videoId: number; bytes: number }[];
  };
  const [imported] = report.imported;
  if (imported === undefined) throw new Error(`Nothing was imported: ${JSON.stringify(report)}`);
  return { server, folder: recordings, video, picture, videoId: imported.videoId, bytes: imported.bytes };
}

/** Some seconds of coded noise, repeated by copying: what is in it does not matter to who sends it. */
function makeVideo(file: string, megabytes: number): void {
  const minute = `${file}.ts`;
  const quiet = ['-v', 'error', '-nostdin', '-y'];
  const source = ['-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=30:duration=16'];
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '8M', '-minrate', '8M', '-maxrate', '8M'];
  const constant = ['-bufsize', '8M', '-nal-hrd', 'cbr', '-g', '60', '-f', 'mpegts', minute];
  execFileSync('ffmpeg', [...quiet, ...source, ...coding, ...constant]);
  const loops = Math.max(0, Math.ceil(megabytes / 16) - 1);
  const copy = ['-stream_loop', String(loops), '-i', minute, '-c', 'copy', '-movflags', '+faststart', file];
  execFileSync('ffmpeg', [...quiet, ...copy]);
  execFileSync('rm', [minute]);
  // What was written just now is not imported: it may grow.
  const yesterday = Date.now() / 1000 - 86_400;
  utimesSync(file, yesterday, yesterday);
}

function makePicture(video: string, file: string): void {
  const options = ['-v', 'error', '-nostdin', '-y', '-i', video, '-frames:v', '1', '-vf', 'scale=640:-2'];
  writeFileSync(file, execFileSync('ffmpeg', [...options, '-q:v', '4', '-f', 'mjpeg', 'pipe:1']));
}
