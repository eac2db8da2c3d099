/**
 * How many channels fit on a machine: the whole built server, streamlink and `ffmpeg -c copy`, one after the other in one run, each
 * recording the same live source at its own pace. CPU by utime and stime, memory by PSS, both in a steady state.
 *
 *   npm run bench:capture [-- --counts 1,20,100,200 --peers-up-to 100 --seconds 40 --beginnings 5 --https --dir /tmp]
 */
import './support/sources.mjs';

const { measureCapture } = await import('./support/capture-density.js');
process.exitCode = await measureCapture(process.argv.slice(2));
