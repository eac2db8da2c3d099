/**
 * Twitch as it is lived through: 100 streamers who go live within one second, from the notice to the first byte on disk; and 1,000 who are
 * watched and do nothing, what that costs. Against a FakeTwitch on the same machine.
 *
 *   node bench/go-live.ts [--quick] [--only burst,idle] [--dir /tmp]
 */
import './support/sources.mjs';

const { measureGoLive } = await import('./support/measure-go-live.js');
process.exitCode = await measureGoLive(process.argv.slice(2));
