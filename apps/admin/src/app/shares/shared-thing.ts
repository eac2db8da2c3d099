/** What a link opens: a video, or a recording that becomes one under the same link. */
export type SharedThing = { readonly videoId: number } | { readonly recordingId: number };

/** The video or recording that is shared. */
export interface Sharing {
  readonly thing: SharedThing;
  readonly title: string;
  /** Media seconds of the moment on the screen; 0: the beginning. */
  readonly at: number;
}
