/**
 * What access control costs a request: `GET /api/recordings` with a session, and of the same server with a gate that lets everybody
 * through, asked in turn in one run. The ratio of the medians must not be above 1.1.
 *
 *   node bench/access.ts [--requests 4000] [--events 20000] [--dir /tmp]
 */
import './support/sources.mjs';

const { measureAccess } = await import('./support/measure-access.js');
process.exitCode = await measureAccess(process.argv.slice(2));
