import type { Config } from '../config.ts';

/** One process's share of what is given to the whole server, where WORKERS processes serve. */
export function shareOf(config: Config): Config {
  const share = (whole: number) => Math.max(1, Math.floor(whole / config.WORKERS));
  return { ...config, DATABASE_POOL_SIZE: share(config.DATABASE_POOL_SIZE), MAX_CONNECTIONS: share(config.MAX_CONNECTIONS) };
}
