/**
 * All read models built anew beside the live ones from a log of realistic events, by the built server, against a raw scan of the same
 * log in the same run. The ratio holds on any machine, the absolute figures do not; on a busy one, CPU seconds tell more than the
 * clock. Memory is the server's above what it took when it had nothing to do, sampled ten times a second.
 *
 *   node bench/rebuild.ts [--events 100000,1000000] [--rounds 3] [--dir /tmp] [--keep-logs]
 */
import './support/sources.mjs';

const { measureRebuild } = await import('./support/measure-rebuild.js');
process.exitCode = await measureRebuild(process.argv.slice(2));
