/**
 * Videos that can be watched without an account; set by the context that gives out links, if there is one. A shared
 * video is never removed.
 */
export interface SharedVideos {
  /** Ids of the videos to which a link leads at that instant, ISO 8601 UTC. */
  now(at: string): Promise<ReadonlySet<number>>;
}
export const SHARED_VIDEOS = Symbol('SharedVideos');
