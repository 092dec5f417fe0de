// The frontier as a line with its band, its knee and the chosen point. uPlot comes only when there is one to draw.

import { fill, h } from '../dom.js';
import { figureWords, known } from '../format.js';
import { uPlot } from './lazy.js';

/** @typedef {import('../types.js').Frontier} Frontier */

const compact = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 });

/**
 * @param {Frontier} frontier
 * @param {(index: number) => void} choose
 * @param {AbortSignal} signal
 */
export function frontierChart(frontier, choose, signal) {
  const { points } = frontier;
  const last = points[points.length - 1];
  const place = h('div', { class: 'chart', role: 'img', 'aria-label': `People reached for every ${frontier.by === 'money' ? 'budget' : 'number of creators'}, rising to ${figureWords(last?.reach)}. The table below says the same.` });
  let marked = 0;
  /** @type {any} */
  let plot = null;

  const xs = points.map((point) => (frontier.by === 'money' ? point.cost ?? point.size : point.size));
  const ys = points.map((point) => (known(point.reach) ? point.reach.people : null));
  const lows = points.map((point) => point.reach.low);
  const highs = points.map((point) => point.reach.high);

  const colour = (/** @type {string} */ name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  async function draw() {
    const Plot = await uPlot();
    if (signal.aborted) return;
    plot?.destroy();
    place.replaceChildren();
    const ink = colour('--ink-soft');
    const grid = { stroke: colour('--line'), width: 1 };
    const width = Math.max(240, place.clientWidth);
    const axis = { stroke: ink, grid, ticks: grid, font: '12px system-ui, sans-serif' };
    plot = new Plot({
      width, height: width < 480 ? 220 : 280,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: false }, x: true, y: false },
      scales: { x: { time: false }, y: { range: (/** @type {unknown} */ _plot, /** @type {number} */ _low, /** @type {number} */ high) => [0, high * 1.08 || 1] } },
      axes: [
        { ...axis, space: 70, values: (/** @type {unknown} */ _plot, /** @type {number[]} */ all) => all.map((value) => (frontier.by === 'count' && !Number.isInteger(value) ? '' : compact.format(value))), label: frontier.by === 'money' ? `Cost${frontier.currency ? `, ${frontier.currency}` : ''}` : 'Creators', labelSize: 22, labelFont: '12px system-ui, sans-serif' },
        { ...axis, size: 58, values: (/** @type {unknown} */ _plot, /** @type {number[]} */ all) => all.map((value) => compact.format(value)), label: 'People reached', labelSize: 22, labelFont: '12px system-ui, sans-serif' },
      ],
      series: [
        {},
        { stroke: 'transparent', points: { show: false } },
        { stroke: 'transparent', points: { show: false } },
        { stroke: colour('--blue'), width: 2.5, points: { show: true, size: 6, fill: colour('--blue') } },
      ],
      bands: [{ series: [1, 2], fill: colour('--band') }],
      hooks: { draw: [marks] },
    }, [xs, highs, lows, ys], place);
    plot.over.addEventListener('click', (/** @type {MouseEvent} */ event) => {
      const box = plot.over.getBoundingClientRect();
      const value = plot.posToVal(event.clientX - box.left, 'x');
      choose(xs.reduce((best, x, index) => (Math.abs(x - value) < Math.abs((xs[best] ?? 0) - value) ? index : best), 0));
    });
  }

  /** The knee and the chosen point, drawn over the line. @param {any} chart */
  function marks(chart) {
    const context = /** @type {CanvasRenderingContext2D} */ (chart.ctx);
    const ratio = devicePixelRatio || 1;
    const spot = (/** @type {number} */ index) => [chart.valToPos(xs[index], 'x', true), chart.valToPos(ys[index] ?? 0, 'y', true)];
    context.save();
    const knee = points.findIndex((point) => point.knee);
    if (knee >= 0 && ys[knee] !== null) {
      const [x = 0, y = 0] = spot(knee);
      context.strokeStyle = colour('--orange');
      context.fillStyle = colour('--orange');
      context.lineWidth = 2 * ratio;
      context.setLineDash([5 * ratio, 4 * ratio]);
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(x, chart.bbox.top + chart.bbox.height);
      context.stroke();
      context.setLineDash([]);
      context.font = `600 ${12 * ratio}px system-ui, sans-serif`;
      const right = x + 50 * ratio > chart.bbox.left + chart.bbox.width;
      context.textAlign = right ? 'right' : 'left';
      context.fillText('knee', x + (right ? -6 : 6) * ratio, chart.bbox.top + chart.bbox.height - 8 * ratio);
    }
    if (ys[marked] !== null && ys[marked] !== undefined) {
      const [x = 0, y = 0] = spot(marked);
      context.beginPath();
      context.arc(x, y, 7 * ratio, 0, 2 * Math.PI);
      context.fillStyle = colour('--paper');
      context.fill();
      context.lineWidth = 3 * ratio;
      context.strokeStyle = colour('--blue');
      context.stroke();
    }
    context.restore();
  }

  const failed = (/** @type {unknown} */ error) => fill(place, h('p', { class: 'soft' }, `The chart could not be drawn (${error instanceof Error ? error.message : 'unknown'}); the slider and the table say the same.`));
  const observer = new ResizeObserver(() => {
    if (plot && place.clientWidth > 0 && Math.abs(plot.width - Math.max(240, place.clientWidth)) > 1) plot.setSize({ width: Math.max(240, place.clientWidth), height: plot.height });
    else if (!plot && place.clientWidth > 0) {
      observer.unobserve(place);
      draw().then(() => observer.observe(place)).catch(failed);
    }
  });
  observer.observe(place);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', () => void draw().catch(failed), { signal });
  signal.addEventListener('abort', () => {
    observer.disconnect();
    plot?.destroy();
  }, { once: true });

  return {
    element: place,
    /** @param {number} index */
    mark(index) {
      marked = index;
      plot?.redraw(false);
    },
  };
}
