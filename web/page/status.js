// What the page says about itself: the backend, the milliseconds, what is going on, what went wrong.

const element = (id) => document.getElementById(id);

export function showError(error) {
  const message = error instanceof Error ? error.message : String(error);
  element("error").textContent = message;
  element("error").hidden = false;
}

export function say(text) {
  element("timing").textContent = text;
}

export function showProgress(done, total) {
  const bar = element("progress");
  bar.hidden = done >= total;
  bar.max = total;
  bar.value = done;
  if (done < total) say(`loading the model, ${done} of ${total}`);
}

const asked = {}; // how often, by what
let running = Promise.resolve();
let done = 0;

/**
 * Run one computation at a time, show how long it took, and say in words what went wrong.
 *
 * One that is asked for again before its turn came is left out: nobody waits for it any more.
 *
 * @param {string} what it does, for the status line.
 * @param {function(): Promise} work
 * @return {Promise} done, whether it went well or not.
 */
export function compute(what, work) {
  const number = (asked[what] = (asked[what] ?? 0) + 1);
  running = running.then(async () => {
    if (number < asked[what]) return;
    const main = element("sections");
    main.setAttribute("aria-busy", "true");
    element("error").hidden = true;
    say(`${what} …`);
    const start = performance.now();
    try {
      await work();
      say(`${what}: ${Math.round(performance.now() - start)} ms`);
    } catch (error) {
      say(`${what}: stopped`);
      showError(error);
    }
    main.setAttribute("aria-busy", "false");
    main.dataset.computed = String(++done);
  });
  return running;
}

/** Show errors that nobody caught. */
export function watchErrors() {
  window.addEventListener("error", (event) => showError(event.error ?? event.message));
  window.addEventListener("unhandledrejection", (event) => showError(event.reason));
}

/**
 * A whole number that fits 32 bits.
 *
 * @throws {Error} in words.
 */
export function seedOf(input) {
  const value = Number(input.value);
  if (input.value === "" || !Number.isInteger(value) || value !== (value | 0)) {
    throw new Error(`Seed: expected a whole number from -2147483648 to 2147483647, got "${input.value}".`);
  }
  return value;
}
