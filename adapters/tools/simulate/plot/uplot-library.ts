/**
 * uPlot (MIT), whose code is copied into each plot. The bundler puts it into the tools of dist/cli.js
 * (build.mjs), which may lie alone on a machine; run from sources, it is read from node_modules.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

declare const __UPLOT_SCRIPT__: string | undefined;
declare const __UPLOT_STYLE__: string | undefined;

const installed = (name: string): string =>
  readFileSync(createRequire(__filename).resolve(`uplot/dist/${name}`), 'utf8').trim();

/** Defines the global `uPlot` in a browser. */
export const plotScript = (): string =>
  typeof __UPLOT_SCRIPT__ === 'string' ? __UPLOT_SCRIPT__ : installed('uPlot.iife.min.js');

export const plotStyle = (): string =>
  typeof __UPLOT_STYLE__ === 'string' ? __UPLOT_STYLE__ : installed('uPlot.min.css');
