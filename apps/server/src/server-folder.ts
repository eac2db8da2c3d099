/** Where the server's package is, with a slash at its end: above its sources, above what they are compiled to, and above what runs. */
export const serverFolder = new URL('../', import.meta.url);
