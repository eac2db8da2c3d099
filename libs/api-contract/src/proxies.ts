import { z } from 'zod';
import { instant, noMore } from './primitives.js';

/** A proxy of the settings, without its login. */
export const proxy = z
  .object({
    name: z
      .string()
      .meta({ description: 'Its name in SOURCE_PROXIES; if it has none, its address without the login.' }),
    canBeChosen: z.boolean().meta({ description: 'Streamers can ask for it: it has a name.' }),
    restsUntil: instant.nullable().meta({
      description: 'It did not work, and is avoided until then if there is another route. null: healthy.',
    }),
  })
  .meta({ id: 'Proxy' });
export type Proxy = z.infer<typeof proxy>;

/** `GET /api/proxies`: never with logins. */
export const proxyList = z
  .object({
    items: z.array(proxy).meta({ description: 'In the order of the settings.' }),
    nextCursor: noMore,
    defaults: z
      .array(z.string())
      .meta({ description: 'The routes for streamers that ask for none, best first; empty: direct.' }),
  })
  .meta({ id: 'ProxyList' });
export type ProxyList = z.infer<typeof proxyList>;
