/** What a link opens: a video, or a recording that is not one yet and stays the same link when it is. */
export type SharedThing = { readonly videoId: number } | { readonly recordingId: number };

/** What the dialog is about. */
export interface Sharing {
  readonly thing: SharedThing;
  readonly title: string;
  /** Media seconds of the moment on the screen; 0: the beginning. */
  readonly at: number;
}
