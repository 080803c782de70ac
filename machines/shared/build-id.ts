/**
 * Which core this is: the package's version and a hash of the sources of machines/. Logs bear it, so
 * that replay can distinguish a changed core from a broken one. The bundler puts it in (build.mjs).
 */
declare const __BUILD__: string | undefined;

/** "0.1.0+0123456789ab", or 'dev' when run from sources. */
export const BUILD_ID: string = typeof __BUILD__ === 'string' ? __BUILD__ : 'dev';
