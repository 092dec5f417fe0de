// What lies in vendor/, and which file of which pinned package it is.

/** @type {Record<string, string>} */
export const VENDORED = {
  'uplot/uPlot.iife.min.js': 'uplot/dist/uPlot.iife.min.js',
  'uplot/uPlot.min.css': 'uplot/dist/uPlot.min.css',
  'uplot/LICENSE': 'uplot/LICENSE',
  'graphology/graphology.umd.min.js': 'graphology/dist/graphology.umd.min.js',
  'graphology/LICENSE.txt': 'graphology/LICENSE.txt',
  'sigma/sigma.min.js': 'sigma/dist/sigma.min.js',
  'sigma/LICENSE.txt': 'sigma/LICENSE.txt',
};
