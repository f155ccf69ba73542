/**
 * Grafast checks its plans where GRAPHILE_ENV says "development"; it reads it when it is loaded, so this module is
 * imported before any of it.
 */
process.env.GRAPHILE_ENV ??= process.env.NODE_ENV === 'production' ? 'production' : 'development';
