// A value that others watch.

/** @template T */
export class Watched {
  /** @param {T} value */
  constructor(value) {
    this.value = value;
    /** @type {Set<(value: T) => void>} */
    this.watchers = new Set();
  }

  /** @param {T} value */
  set(value) {
    this.value = value;
    for (const watcher of [...this.watchers]) watcher(value);
  }

  /**
   * Calls now, and again at every change until the signal says stop.
   * @param {(value: T) => void} watcher
   * @param {AbortSignal} [signal]
   */
  watch(watcher, signal) {
    if (signal?.aborted) return;
    this.watchers.add(watcher);
    signal?.addEventListener('abort', () => this.watchers.delete(watcher), { once: true });
    watcher(this.value);
  }

  /**
   * The first value, now or later, that is accepted. Rejected when the signal says stop.
   * @param {(value: T) => boolean} accepts
   * @param {AbortSignal} signal
   * @returns {Promise<T>}
   */
  first(accepts, signal) {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const watching = new AbortController();
      signal.addEventListener('abort', () => {
        watching.abort();
        reject(new DOMException('dropped', 'AbortError'));
      }, { once: true, signal: watching.signal });
      this.watch((value) => {
        if (!accepts(value)) return;
        watching.abort();
        resolve(value);
      }, watching.signal);
    });
  }
}
