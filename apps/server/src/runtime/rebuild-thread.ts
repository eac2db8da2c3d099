import { contexts } from '@streamvault/contexts';
import { serveRebuilds } from '@streamvault/storage';

serveRebuilds(contexts);
