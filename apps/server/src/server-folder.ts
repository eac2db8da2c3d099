/** The folder of the server's package, with a trailing slash: above its sources, its compiled files, and the bundle. */
export const serverFolder = new URL('../', import.meta.url);
