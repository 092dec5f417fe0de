// A region that scrolls by itself, so that the page never does sideways. It takes the focus only where there is
// something to scroll to.

import { h } from '../dom.js';

/**
 * @param {string} label
 * @param {...Node} children
 */
export function scroller(label, ...children) {
  const element = h('div', { class: 'scroller' }, ...children);
  const look = () => {
    const over = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
    if (over) {
      element.tabIndex = 0;
      element.setAttribute('role', 'region');
      element.setAttribute('aria-label', label);
    } else {
      element.removeAttribute('tabindex');
      element.removeAttribute('role');
      element.removeAttribute('aria-label');
    }
  };
  const observer = new ResizeObserver(look);
  observer.observe(element);
  for (const child of children) if (child instanceof Element) observer.observe(child);
  return element;
}
