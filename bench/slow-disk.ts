/**
 * The built server on a disk whose every fsync lasts 30 ms, as on a NAS, beside the same on the disk as it is: live recordings
 * begin, run and end while `GET /api/recordings` is asked all the time. Tells how long the answers took, what the event loop
 * felt, how many fsyncs stood in its way, and whether anything of the broadcasts is missing.
 *
 *   node bench/slow-disk.ts [--recordings 50] [--seconds 30] [--milliseconds 30] [--dir /tmp]
 */
import './support/sources.mjs';

const { measureSlowDisk } = await import('./support/measure-slow-disk.js');
process.exitCode = await measureSlowDisk(process.argv.slice(2));
