/**
 * The built server beside nginx over the same file in the system's cache, in alternating rounds of one run: the whole file, ranges of 1 MiB and
 * of 4 KiB, a thumbnail; and the memory that 500 connections take. One thread asks both, and is a good part of what is measured where
 * nginx is fast: the ratios are of what a receiver on the same machine gets, CPU time says what each side itself spent.
 *
 *   npm run bench:serving [-- --megabytes 512 --rounds 5 --seconds 2 --dir /tmp]
 */
import './support/sources.mjs';

const { measureServing } = await import('./support/measure-serving.js');
process.exitCode = await measureServing(process.argv.slice(2));
