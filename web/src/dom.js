// Elements made from values. Text goes in as text nodes alone, so nothing in the data can become markup.

/** @typedef {import('./types.js').Child} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes */

/**
 * An element with attributes and children. `false`, `null` and `undefined` leave an attribute or a child out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes | null} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  set(element, attributes);
  put(element, children);
  return element;
}

/**
 * The same for shapes.
 * @param {string} tag
 * @param {Attributes | null} [attributes]
 * @param {...Child} children
 * @returns {SVGElement}
 */
export function shape(tag, attributes, ...children) {
  const element = /** @type {SVGElement} */ (document.createElementNS('http://www.w3.org/2000/svg', tag));
  set(element, attributes);
  put(element, children);
  return element;
}

/**
 * @param {Element} element
 * @param {Attributes | null | undefined} attributes
 */
function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
}

/**
 * @param {Element} element
 * @param {Child[]} children
 */
function put(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) put(element, child);
    else if (child !== false && child !== null && child !== undefined) element.append(child instanceof Node ? child : String(child));
  }
}

/**
 * Puts other children in place of those that are there.
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  element.replaceChildren();
  put(element, children);
}

/**
 * A button that does something.
 * @param {string} words
 * @param {() => void} act
 * @param {Attributes} [attributes]
 */
export function button(words, act, attributes = {}) {
  const element = h('button', { type: 'button', ...attributes }, words);
  element.addEventListener('click', act);
  return element;
}

/**
 * Words for those who listen to the page and not for those who see it.
 * @param {string} words
 */
export const unseen = (words) => h('span', { class: 'hidden-words' }, words);

let used = 0;
/** An id that no other element has. @param {string} stem */
export const fresh = (stem) => `${stem}-${++used}`;
