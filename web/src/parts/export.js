// The plan as a report for the client.

import { fill, h } from '../dom.js';
import { several, size } from '../format.js';
import { portfolio } from '../state/portfolio.js';
import { labelled } from './filters.js';
import { work } from './work.js';

/** @param {import('../types.js').Context} context */
export function reportForm({ signal }) {
  const title = h('input', { type: 'text', class: 'field', maxlength: 200, value: 'Creator plan' });
  const client = h('input', { type: 'text', class: 'field', maxlength: 200 });
  const language = h('select', { class: 'field' }, h('option', { value: 'en' }, 'English'), h('option', { value: 'vi', lang: 'vi' }, 'Tiếng Việt'));
  const missing = h('p', { class: 'alarm', role: 'alert', hidden: true });
  const form = h('div', null,
    h('div', { class: 'fields' }, labelled('Title', title, 'labelled-long'), labelled('Client', client), labelled('Language', language)), missing);
  /** A report is of the plan that it was made of: another plan has none yet. @param {string} plan */
  const piece = (plan) => work({
    key: `report ${plan}`, kind: 'report', start: 'Make the report', signal, form,
    parameters() {
      const { chosen } = portfolio.value;
      const lack = chosen.length === 0 ? 'Put creators into the plan first.' : title.value.trim() === '' ? 'Give the report a title.' : '';
      missing.textContent = lack;
      missing.hidden = !lack;
      if (lack) {
        if (chosen.length > 0) title.focus();
        return null;
      }
      return {
        creators: chosen.map((one) => one.id), title: title.value.trim(), language: language.value,
        ...(client.value.trim() ? { client: client.value.trim() } : {}),
      };
    },
    show(job) {
      const { bytes } = /** @type {import('../types.js').ReportMade} */ (job.result);
      const html = `/api/jobs/${encodeURIComponent(job.id)}/report`;
      return h('p', { class: 'answer-act' },
        h('a', { class: 'button', href: `${html}?view=1`, target: '_blank', rel: 'noopener' }, 'Open the report'),
        h('a', { class: 'button', href: html, download: '' }, 'Download'),
        h('span', { class: 'soft' }, `${size(bytes)}, one file that needs nothing else`));
    },
  });
  const who = h('p', { class: 'soft' });
  const place = h('div');
  let drawn = '';
  portfolio.watch(({ chosen }) => {
    fill(who, chosen.length === 0 ? 'There is nobody in the plan yet.' : `One page for the client about ${several(chosen.length, 'creator')}: figures, pictures, and what they rest on.`);
    const plan = JSON.stringify(chosen.map((one) => one.id));
    if (plan === drawn) return;
    drawn = plan;
    fill(place, piece(plan).element);
  }, signal);
  return h('section', { class: 'panel', 'aria-label': 'Report' }, h('h2', null, 'Report'), who, place);
}
