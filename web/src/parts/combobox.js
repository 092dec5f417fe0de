// Type-ahead over all creators: a combobox with a list, as ARIA 1.2 describes it. The focus stays in the field; the list
// is walked with the arrow keys.

import { ask, dropped } from '../api.js';
import { fresh, h } from '../dom.js';
import { followersWords } from '../format.js';
import { name } from './person.js';

/** @typedef {import('../types.js').Match} Match */

/**
 * @param {object} options
 * @param {string} options.label
 * @param {string} [options.placeholder]
 * @param {boolean} [options.clear] whether a choice empties the field
 * @param {(match: Match) => void} options.pick
 * @param {(text: string) => void} [options.enter] Enter with nothing of the list chosen
 * @param {AbortSignal} options.signal
 */
export function combobox({ label, placeholder, clear = true, pick, enter, signal }) {
  const id = fresh('find');
  const field = h('input', {
    id, type: 'text', role: 'combobox', class: 'field', placeholder, autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none',
    'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': `${id}-list`, enterkeyhint: 'search',
  });
  const list = h('ul', { id: `${id}-list`, role: 'listbox', class: 'options', 'aria-label': label, hidden: true });
  const status = h('span', { class: 'hidden-words', role: 'status' });
  const element = h('div', { class: 'combobox' }, h('label', { for: id, class: 'label' }, label), field, list, status);

  /** @type {Match[]} */
  let matches = [];
  let active = -1;
  let asking = new AbortController();

  function close() {
    list.hidden = true;
    active = -1;
    field.setAttribute('aria-expanded', 'false');
    field.removeAttribute('aria-activedescendant');
  }

  /** @param {number} to */
  function mark(to) {
    const options = list.querySelectorAll('[role=option]');
    active = options.length === 0 ? -1 : (to + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute('aria-selected', String(at === active)));
    const option = options[active];
    if (!option) return field.removeAttribute('aria-activedescendant');
    field.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  }

  /** @param {Match} match */
  function choose(match) {
    field.value = clear ? '' : match.name || match.id;
    close();
    pick(match);
  }

  /** @param {Match[]} found @param {boolean} more */
  function show(found, more) {
    // Whoever was marked in the list before stays so: a later answer does not take it from under the fingers.
    const marked = active >= 0 ? matches[active]?.id : undefined;
    const before = active;
    matches = found;
    active = -1;
    field.removeAttribute('aria-activedescendant');
    list.replaceChildren(
      ...found.map((match, at) => {
        const shown = match.name || match.id;
        const about = [match.niche, match.tier, followersWords(match.followers), match.on_board ? '' : 'not on the board'];
        const option = h(
          'li',
          { role: 'option', id: `${id}-${at}`, class: 'option', 'aria-selected': 'false' },
          h('span', { class: 'option-name' }, name(shown), shown !== match.id && h('span', { class: 'person-id' }, name(match.id))),
          h('span', { class: 'option-about' }, about.filter(Boolean).join(' · ')),
        );
        // Before the field loses the focus, which would close the list.
        option.addEventListener('pointerdown', (event) => event.preventDefault());
        option.addEventListener('click', () => choose(match));
        return option;
      }),
    );
    if (found.length === 0) list.append(h('li', { class: 'option option-none', role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' }, 'Nobody of this name'));
    status.textContent = found.length === 0 ? 'Nobody of this name' : `${found.length}${more ? ' of many' : ''} found`;
    list.hidden = false;
    field.setAttribute('aria-expanded', 'true');
    if (before >= 0 && found.length > 0) {
      const same = found.findIndex((match) => match.id === marked);
      mark(same >= 0 ? same : Math.min(before, found.length - 1));
    }
  }

  async function look() {
    asking.abort();
    asking = new AbortController();
    const text = field.value.trim();
    if (!text) return close();
    const mine = asking.signal;
    try {
      const found = /** @type {{matches: Match[], more: boolean}} */ (await ask(`/api/search?${new URLSearchParams({ text, limit: '12' })}`, { signal: mine }));
      if (!mine.aborted && document.activeElement === field) show(found.matches, found.more);
    } catch (error) {
      if (!dropped(error)) {
        status.textContent = error instanceof Error ? error.message : '';
        close();
      }
    }
  }

  field.addEventListener('input', () => void look());
  field.addEventListener('blur', close);
  field.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) void look();
      else if (matches.length > 0) mark(event.key === 'ArrowDown' ? active + 1 : active < 0 ? -1 : active - 1);
    } else if (event.key === 'Escape') {
      if (list.hidden) field.value = '';
      else event.preventDefault();
      asking.abort();
      close();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const match = matches[active];
      if (match && !list.hidden) choose(match);
      else if (enter) {
        asking.abort();
        close();
        enter(field.value.trim());
      }
    } else if ((event.key === 'Home' || event.key === 'End') && active >= 0) mark(-1 + (event.key === 'Home' ? 1 : 0));
  });
  signal.addEventListener('abort', () => asking.abort(), { once: true });
  return { element, field };
}
