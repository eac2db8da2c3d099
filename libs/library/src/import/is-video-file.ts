/** By its name. */
export const isVideoFile = (file: string): boolean => /\.(mp4|m4v|mkv|ts)$/i.test(file);
