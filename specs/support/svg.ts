/** What a picture of adapters/tools/simulate/plot/svg.ts shows. */

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

/** All texts that can be seen. */
export const textsIn = (svg: string): readonly string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => unescaped(text ?? ''));

/** The data of all paths. */
export const pathsIn = (svg: string): readonly string[] =>
  [...svg.matchAll(/<path d="([^"]*)"/g)].map(([, d]) => d ?? '');

const seriesOf = (svg: string): readonly (readonly [name: string, drawn: string])[] =>
  [...svg.matchAll(/<g><title>([^<]*)<\/title>(.*?)<\/g>/g)].map(([, name, drawn]) => [
    unescaped(name ?? ''),
    drawn ?? '',
  ]);

/** Names of the series that are drawn, panel after panel. */
export const seriesNamesIn = (svg: string): readonly string[] => seriesOf(svg).map(([name]) => name);

/** How the first series of this name is drawn; empty: it is not. */
export const seriesIn = (svg: string, name: string): string =>
  seriesOf(svg).find(([found]) => found === name)?.[1] ?? '';
