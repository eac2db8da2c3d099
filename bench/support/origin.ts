/** A live channel of about 4 Mbit/s, or a small one, at real-time pace, as a process of its own: `node --import … origin.ts <media seconds> [small]`. */
import { LiveOrigin, SMALL, type Profile } from '../../tests/live-origin/live-origin.js';

const profile: Profile = { name: '720p', width: 1280, height: 720, frameRate: 30, bitrate: 4_000_000 };

const origin = await LiveOrigin.start({
  profiles: [process.argv[3] === 'small' ? SMALL : profile],
  segmentSeconds: 2,
  window: 10,
  pace: 1,
  // Longer than the run: a discontinuity where the media starts again would be another figure.
  mediaSeconds: Number(process.argv[2]),
});
console.log(`Live at ${origin.url} `);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void origin.close());
