/**
 * The built server beside what strangers send. First nine live recordings alone, then with one hostile source of each kind after the
 * other beside them, then alone again: how long `GET /api/recordings` takes, what memory the server holds, how soon each hostile one
 * has failed and of what, and whether anything of the nine is missing. Then 2,000 clients that ask for all that the log holds, at
 * once: how long health and a change of a streamer take meanwhile, beside the same server without them.
 *
 *   node bench/hostile.ts [--seconds 30] [--clients 2000] [--events 20000] [--only sources|replays] [--dir /tmp]
 */
import './support/sources.mjs';

const { measureHostile } = await import('./support/measure-hostile.js');
process.exitCode = await measureHostile(process.argv.slice(2));
