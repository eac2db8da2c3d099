import { z } from 'zod';
import { instant } from './primitives.js';

/** A proxy of the settings, as anybody may see it. */
export const proxy = z
  .object({
    name: z
      .string()
      .meta({ description: 'Its name in SOURCE_PROXIES; its address, without the login, where it has none.' }),
    canBeChosen: z.boolean().meta({ description: 'Streamers can ask for it: it has a name.' }),
    restsUntil: instant.nullable().meta({
      description: 'It did not work, and is not asked before that while there is another way. null: healthy.',
    }),
  })
  .meta({ id: 'Proxy' });
export type Proxy = z.infer<typeof proxy>;

/** `GET /api/proxies`: never with logins. */
export const proxyList = z
  .object({
    items: z.array(proxy).meta({ description: 'In the order of the settings.' }),
    defaults: z
      .array(z.string())
      .meta({ description: 'The ways for streamers that ask for none, best first; empty: direct.' }),
  })
  .meta({ id: 'ProxyList' });
export type ProxyList = z.infer<typeof proxyList>;
