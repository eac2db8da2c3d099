/**
 * The built server, from outside: how soon it answers, what recording costs, how much the console loads first. Ratios are to
 * something bare that does the same in the same run; they hold on other machines, the absolute figures do not.
 *
 *   node bench/server.ts [--quick] [--only cold-start,recordings,console] [--dir /tmp]
 */
import './support/sources.mjs';

const { measureServer } = await import('./support/measure-server.js');
process.exitCode = await measureServer(process.argv.slice(2));
