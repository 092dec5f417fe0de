// A picture of the engine. Shown as an image of a blob, it brings its own style and can run nothing.

import { h } from '../dom.js';
import { plain } from '../words.js';
import { scroller } from './scroller.js';

/**
 * @param {string} svg
 * @param {string} fallback words for it, if it has no title
 * @param {AbortSignal} signal
 */
export function picture(svg, fallback, signal) {
  // Only the words are read from it here; its style would be held against the page.
  const words = svg.replace(/<style[^]*?<\/style>/g, '').replace(/\sstyle="[^"]*"/g, '');
  const read = new DOMParser().parseFromString(words, 'image/svg+xml');
  const title = plain(read.querySelector('title')?.textContent?.trim() || fallback);
  const about = plain(read.querySelector('desc')?.textContent?.trim() || '');
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  signal.addEventListener('abort', () => URL.revokeObjectURL(url), { once: true });
  const width = Number(read.documentElement.getAttribute('width')) || null;
  const height = Number(read.documentElement.getAttribute('height')) || null;
  const image = h('img', { src: url, alt: about ? `${title}. ${about}` : title, width, height, class: 'picture' });
  const save = h('a', { href: url, download: `${title.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 60)}.svg`, class: 'picture-save' }, 'Save the picture');
  return h('figure', { class: 'picture-frame' }, scroller(title, image), h('figcaption', null, save));
}
