import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where downloads are kept between runs: the same folder the lab uses. */
export const cacheFolder = (): string => join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'lifeboat');
