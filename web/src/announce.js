// Says changes aloud. A burst of them is said once, by its last sentence.

let timer = 0;

/** @param {string} sentence */
export function say(sentence) {
  clearTimeout(timer);
  timer = window.setTimeout(() => {
    const place = document.getElementById('say');
    if (place) place.textContent = sentence;
  }, 350);
}
