import manifest from '../../package.json' with { type: 'json' };

/** The version of the agent, which is the project's. */
export const VERSION: string = manifest.version;
