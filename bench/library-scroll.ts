/**
 * The library of the console with 100,000 videos in Chromium, scrolled with the wheel: how long each frame took. Once from the top, where
 * pages are fetched on the way, and once from the end of as many cards as were loaded before. Without a graphics card, so that every
 * pixel is the processor's work.
 *
 *   node bench/library-scroll.ts [--videos 100000] [--loaded 100000] [--seconds 20] [--width 1280] [--dir /tmp]
 */
import './support/sources.mjs';

const { measureLibraryScroll } = await import('./support/measure-library-scroll.js');
process.exitCode = await measureLibraryScroll(process.argv.slice(2));
