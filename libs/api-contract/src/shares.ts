import { z } from 'zod';
import { instant, publicId, seconds, wholeList } from './primitives.js';

const item = {
  videoId: publicId.optional(),
  recordingId: publicId.optional(),
};
const isOne = ({ videoId, recordingId }: { videoId?: number | undefined; recordingId?: number | undefined }) =>
  (videoId === undefined) !== (recordingId === undefined);
const oneOfThem = 'Name a video or a recording, and only one of them.';

export const createShareBody = z
  .strictObject({
    ...item,
    name: z.string().trim().max(100).optional().meta({ description: 'For whom it is, for your own list.' }),
    expiresAt: instant.nullable().optional(),
    password: z.string().min(1).max(256).optional(),
    download: z
      .boolean()
      .optional()
      .meta({ description: 'Whether the file may be saved. Watching is always allowed.' }),
  })
  .refine(isOne, oneOfThem);
export type CreateShareBody = z.infer<typeof createShareBody>;

/** A share link without its address, which was shown once. */
export const share = z
  .object({
    id: z.string(),
    videoId: publicId.nullable(),
    recordingId: publicId.nullable(),
    name: z.string().nullable(),
    createdBy: publicId.meta({ description: 'The user.' }),
    createdAt: instant,
    expiresAt: instant.nullable(),
    hasPassword: z.boolean(),
    download: z.boolean(),
    lastOpenedAt: instant.nullable(),
  })
  .meta({ id: 'Share' });
export type Share = z.infer<typeof share>;
export const shareList = wholeList(share).meta({ id: 'ShareList' });
export type ShareList = z.infer<typeof shareList>;
export const listSharesQuery = z.object({
  videoId: z.coerce.number().int().min(1).optional(),
  recordingId: z.coerce.number().int().min(1).optional(),
});

/** `POST /api/shares`: the only answer that contains the address. */
export const createdShare = share
  .extend({ url: z.string().meta({ description: 'Opens in a browser, and in players such as VLC.' }) })
  .meta({ id: 'CreatedShare' });
export type CreatedShare = z.infer<typeof createdShare>;

/** The token is in the body, so that no request log contains it. */
export const openShareBody = z.strictObject({
  token: z.string().min(1).max(100),
  password: z.string().max(256).optional(),
});
export type OpenShareBody = z.infer<typeof openShareBody>;

/** What a person with the link sees: only this item. Addresses are signed. */
export const openedShare = z
  .object({
    title: z.string(),
    streamerName: z.string(),
    category: z.string().nullable(),
    recordedAt: instant.nullable(),
    durationSeconds: seconds.nullable(),
    isLive: z.boolean(),
    chapters: z.array(z.object({ at: seconds, title: z.string(), category: z.string().nullable() })),
    fileUrl: z.string().nullable().meta({ description: 'The video, if there is one already.' }),
    playlistUrl: z.string().nullable().meta({ description: 'HLS, as long as there is no video.' }),
    thumbnailUrl: z.string().nullable(),
    downloadUrl: z.string().nullable(),
    expiresAt: instant.nullable().meta({ description: 'When the link expires.' }),
    signedUntil: instant.meta({ description: 'When the addresses expire. Open the link again for new ones.' }),
  })
  .meta({ id: 'OpenedShare' });
export type OpenedShare = z.infer<typeof openedShare>;

export const createLinkBody = z.strictObject(item).refine(isOne, oneOfThem);
export type CreateLinkBody = z.infer<typeof createLinkBody>;
/** An address for a player that cannot sign in. It is valid for this session's user, and for a day at most. */
export const mediaLink = z.object({ url: z.string(), expiresAt: instant }).meta({ id: 'MediaLink' });
export type MediaLink = z.infer<typeof mediaLink>;
