/** Who may watch without an account: told by those who hand out links, where there are any. Nothing removes a video that is shared. */
export interface SharedVideos {
  /** Ids of the videos that a link leads to at that instant, ISO 8601 UTC. */
  now(at: string): Promise<ReadonlySet<number>>;
}
export const SHARED_VIDEOS = Symbol('SharedVideos');
