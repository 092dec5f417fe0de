// Libraries are loaded where they are first needed, from this program alone.

/** @type {Map<string, Promise<unknown>>} */
const loading = new Map();

/** @param {string} path below vendor/ */
function script(path) {
  return once(path, (done, failed) => {
    const element = document.createElement('script');
    element.src = `/assets/vendor/${path}`;
    element.addEventListener('load', () => done(undefined));
    element.addEventListener('error', () => failed(new Error(`${path} could not be loaded`)));
    document.head.append(element);
  });
}

/** @param {string} path below vendor/ */
function style(path) {
  return once(path, (done, failed) => {
    const element = document.createElement('link');
    element.rel = 'stylesheet';
    element.href = `/assets/vendor/${path}`;
    element.addEventListener('load', () => done(undefined));
    element.addEventListener('error', () => failed(new Error(`${path} could not be loaded`)));
    document.head.append(element);
  });
}

/**
 * @param {string} path
 * @param {(done: (value: unknown) => void, failed: (error: Error) => void) => void} load
 */
function once(path, load) {
  let known = loading.get(path);
  if (!known) {
    known = new Promise(load);
    loading.set(path, known);
    known.catch(() => loading.delete(path));
  }
  return known;
}

/** @returns {Promise<any>} the class uPlot */
export async function uPlot() {
  await Promise.all([style('uplot/uPlot.min.css'), script('uplot/uPlot.iife.min.js')]);
  return /** @type {any} */ (globalThis).uPlot;
}

/** @returns {Promise<{Graph: any, Sigma: any}>} */
export async function sigma() {
  await Promise.all([script('graphology/graphology.umd.min.js'), script('sigma/sigma.min.js')]);
  const all = /** @type {any} */ (globalThis);
  return { Graph: all.graphology, Sigma: all.Sigma };
}
