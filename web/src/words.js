// The engine's words of art, said in the words of those who plan.

/** @type {[RegExp, string][]} */
const PLAIN = [
  [/\bcertificate\b/g, 'quality of the plan'],
  [/\bCertificate\b/g, 'Quality of the plan'],
  [/\bcascades\b/g, 'chains of sharing'],
  [/\bcascade\b/g, 'chain of sharing'],
  [/\bworlds\b/g, 'simulations'],
  [/\bworld\b/g, 'simulation'],
  [/\ba_u\b/g, 'chance of being a real person'],
];

/** A sentence of the engine. @param {string} text */
export function plain(text) {
  let words = text;
  for (const [art, said] of PLAIN) words = words.replace(art, said);
  return words;
}

/** What a piece of work is called. @type {Record<string, string>} */
export const WORK = {
  plan: 'Plan under limits',
  frontier: 'Reach for every budget',
  influence: 'From followers to real reach',
  risk: 'What could go wrong',
  overlap: 'Who follows whom of the plan',
  curve: 'How the audience grows',
  similar: 'Look-alike audiences',
  arrivals: 'When followers arrived',
  communities: 'Communities of the audience',
  report: 'Report',
};

/** What the state of a piece of work is called. @type {Record<string, string>} */
export const STATE = { queued: 'waiting', running: 'running', done: 'done', failed: 'failed', cancelled: 'cancelled' };

/** @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
