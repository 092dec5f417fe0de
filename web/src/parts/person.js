// A creator's name. It may be any text in any script and as long as it likes.

import { h } from '../dom.js';

/**
 * What the network is called: without the folders that it lies in.
 * @param {{name: string}} network
 */
export const networkName = (network) => h('bdi', { title: network.name }, network.name.split('/').filter(Boolean).pop() ?? network.name);

/** @param {string} id */
export const creatorHash = (id) => `#/creator/${encodeURIComponent(id)}`;

/** A name that is cut short where there is no room for it. @param {string} text */
export const name = (text) => h('bdi', { class: 'name', title: text.length > 24 ? text : null }, text);

/**
 * A link to a creator's page, the id below where it is not the name.
 * @param {{id: string, name?: string | null}} creator
 */
export function person(creator) {
  const shown = creator.name || creator.id;
  return h(
    'span',
    { class: 'person' },
    h('a', { href: creatorHash(creator.id), class: 'person-link' }, name(shown)),
    shown !== creator.id && h('span', { class: 'person-id' }, name(creator.id)),
  );
}
