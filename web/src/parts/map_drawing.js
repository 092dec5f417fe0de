// The drawing of the map, by WebGL. Where there is none, the words of the page remain.

import { fill, h } from '../dom.js';
import { sigma } from './lazy.js';

/** @typedef {import('../types.js').CreatorMap} CreatorMap */

/**
 * @param {HTMLElement} place
 * @param {CreatorMap} map
 * @param {(community: number) => number} colourOf which colour a community has
 * @param {{hover: (at: number | null) => void, open: (at: number) => void}} told
 * @param {AbortSignal} signal
 */
export function drawMap(place, map, colourOf, told, signal) {
  /** @type {any} */
  let renderer = null;
  /** @type {number | null} */
  let lit = null;
  /** @type {string | null} */
  let seen = null;
  /** @type {Set<string>} */
  let near = new Set();
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const read = (/** @type {string} */ variable) => getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
  let palette = colours();
  function colours() {
    return { nodes: [0, 1, 2, 3, 4, 5, 6, 7, 8].map((at) => read(`--c${at}`)), faint: read('--faint'), edge: read('--edge'), edgeLit: read('--ink-soft'), ink: read('--ink'), paper: read('--paper') };
  }

  /** How far out the camera goes to see all. */
  let whole = 1;

  async function draw() {
    if (!hasWebGl()) return without('This browser draws no WebGL.');
    const { Graph, Sigma } = await sigma();
    if (signal.aborted) return;
    const graph = new Graph({ type: 'undirected', multi: false });
    const most = Math.max(1, ...map.creators.map((creator) => creator.followers ?? 0));
    map.creators.forEach((creator, at) => {
      graph.addNode(String(at), { x: creator.x, y: creator.y, size: 2.5 + 11 * Math.sqrt((creator.followers ?? 0) / most), label: short(creator.name || creator.id), community: creator.community });
    });
    const strongest = Math.max(1, ...map.links.map(([, , shared]) => shared));
    for (const [from, to, shared] of map.links) {
      if (from === to || graph.hasEdge(String(from), String(to))) continue;
      graph.addEdge(String(from), String(to), { size: 0.3 + 1.7 * Math.sqrt(shared / strongest) });
    }
    // Those whom nothing ties to the rest lie far out and would press it together: the drawing opens on those with ties.
    const tied = map.creators.filter((_, at) => graph.degree(String(at)) > 0 || map.links.length === 0);
    renderer = new Sigma(graph, place, {
      allowInvalidContainer: true, labelRenderedSizeThreshold: 7, labelDensity: 0.8, labelFont: 'system-ui, sans-serif', labelSize: 12,
      labelColor: { color: palette.ink }, zIndex: true, hideEdgesOnMove: map.links.length > 20000, minCameraRatio: 0.02, maxCameraRatio: 12,
      defaultDrawNodeHover: halo,
      nodeReducer: (/** @type {string} */ node, /** @type {any} */ data) => {
        const dim = (lit !== null && data.community !== lit) || (seen !== null && node !== seen && !near.has(node));
        return { ...data, color: dim ? palette.faint : palette.nodes[colourOf(data.community)], label: dim ? '' : data.label, highlighted: node === seen, zIndex: node === seen ? 2 : dim ? 0 : 1, forceLabel: node === seen };
      },
      edgeReducer: (/** @type {string} */ edge, /** @type {any} */ data) => {
        const touched = seen !== null && graph.hasExtremity(edge, seen);
        if (seen !== null) return touched ? { ...data, color: palette.edgeLit, zIndex: 1 } : { ...data, hidden: true };
        if (lit !== null && !graph.extremities(edge).every((/** @type {string} */ node) => graph.getNodeAttribute(node, 'community') === lit)) return { ...data, hidden: true };
        return { ...data, color: palette.edge };
      },
    });
    const box = frame(tied);
    const every = frame(map.creators);
    if (tied.length > 10 && box.size < 0.75 * every.size) {
      renderer.setCustomBBox({ x: box.x, y: box.y });
      whole = every.size / box.size;
    }
    renderer.on('enterNode', (/** @type {{node: string}} */ { node }) => {
      attend(node);
      place.classList.add('on-node');
      told.hover(Number(node));
    });
    renderer.on('leaveNode', () => {
      attend(null);
      place.classList.remove('on-node');
    });
    renderer.on('clickNode', (/** @type {{node: string}} */ { node }) => told.open(Number(node)));
    place.dataset.drawn = 'true';

    /** @param {string | null} node */
    function attend(node) {
      seen = node;
      near = new Set(node === null ? [] : graph.neighbors(node));
      renderer.refresh({ skipIndexation: true });
    }
    attendTo = attend;
  }
  /** @type {(node: string | null) => void} */
  let attendTo = () => {};

  /** Names on the map stay short; the card beside it says the whole. @param {string} text */
  const short = (text) => ([...text].length > 24 ? `${[...text].slice(0, 23).join('')}…` : text);

  /** The label of the creator that is pointed at, on paper of its own. @param {CanvasRenderingContext2D} context @param {any} data @param {any} settings */
  function halo(context, data, settings) {
    context.font = `${settings.labelSize}px ${settings.labelFont}`;
    const text = data.label || '';
    const width = context.measureText(text).width;
    context.fillStyle = palette.paper;
    context.strokeStyle = palette.ink;
    context.lineWidth = 1;
    context.beginPath();
    context.arc(data.x, data.y, data.size + 3, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    if (!text) return;
    const left = data.x + data.size + 6;
    context.beginPath();
    context.rect(left, data.y - settings.labelSize, width + 10, 2 * settings.labelSize);
    context.fill();
    context.stroke();
    context.fillStyle = palette.ink;
    context.fillText(text, left + 5, data.y + settings.labelSize / 3);
  }

  /** @param {string} why */
  function without(why) {
    place.removeAttribute('role');
    place.removeAttribute('aria-label');
    fill(place, h('p', { class: 'empty' }, `${why} The search, the legend and the list below say the same as the drawing.`));
    place.dataset.drawn = 'none';
  }

  draw().catch((error) => without(error instanceof Error ? `The map could not be drawn: ${error.message}.` : 'The map could not be drawn.'));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    palette = colours();
    renderer?.setSetting('labelColor', { color: palette.ink });
    renderer?.refresh();
  }, { signal });
  signal.addEventListener('abort', () => renderer?.kill(), { once: true });

  const duration = () => (calm.matches ? 0 : 300);
  return {
    /** @param {number} at */
    look(at) {
      if (!renderer) return;
      attendTo(String(at));
      const { x, y } = renderer.getNodeDisplayData(String(at));
      void renderer.getCamera().animate({ x, y, ratio: 0.25 }, { duration: duration() });
    },
    /** @param {number | null} community */
    light(community) {
      lit = community;
      renderer?.refresh({ skipIndexation: true });
    },
    /** @param {'in' | 'out' | 'all'} how */
    zoom(how) {
      const camera = renderer?.getCamera();
      if (!camera) return;
      if (how === 'in') void camera.animatedZoom({ duration: duration() });
      else if (how === 'out') void camera.animatedUnzoom({ duration: duration() });
      else {
        attendTo(null);
        void camera.animate({ x: 0.5, y: 0.5, angle: 0, ratio: whole }, { duration: duration() });
      }
    },
  };
}

/**
 * The square that holds most of them: a few far away do not count.
 * @param {{x: number, y: number}[]} creators
 */
function frame(creators) {
  /** @param {'x' | 'y'} axis @returns {[number, number]} */
  const ends = (axis) => {
    const sorted = creators.map((creator) => creator[axis]).sort((a, b) => a - b);
    const at = (/** @type {number} */ share) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
    return [at(0.005), at(0.995)];
  };
  const x = ends('x');
  const y = ends('y');
  return { x, y, size: Math.max(x[1] - x[0], y[1] - y[0], 1e-6) };
}

function hasWebGl() {
  const canvas = document.createElement('canvas');
  return !!(canvas.getContext('webgl2') || canvas.getContext('webgl'));
}
