// The model as the page has it: what its manifest says, and walks that a worker computes.

import { Described } from "../src/described.js";
import { Remote } from "./remote.js";

export class Model extends Described {
  /**
   * @param {{backend: ?string, cores: number}} settings as for startBackend.
   * @param {function(number, number)} report gets how many graphs are loaded, of how many.
   * @return {Promise<{model: Model, backend: string, threads: number, backends: string[]}>} with the backend that
   *     computes, and all those that could.
   */
  static async load(settings, report) {
    const remote = new Remote("sampler.js");
    const about = await remote.ask({ settings }, { told: ({ done, total }) => report(done, total) });
    return { ...about, model: new Model(about.manifest, remote, settings) };
  }

  constructor(manifest, remote, settings) {
    super(manifest);
    this.remote = remote;
    this.settings = settings;
  }

  /**
   * Give every variable its value, as the model of ../src/model.js does.
   *
   * @param {object} plan
   * @param {{noise: object, given: object, temperature: (number|object), onStep: function}} options noise is {rows} or
   *     {from, to, weights}, as the classes of ../src/noise.js take them; `onStep(name, value, count)` is told each
   *     value as it comes: all pictures' at once, or those of the first `count`.
   * @return {Promise<Object>} name to value.
   */
  async walk(plan, { onStep = () => {}, ...walk }) {
    const values = {};
    await this.remote.ask(
      { settings: this.settings, walk: { plan, ...walk } },
      {
        told: ({ name, value, count }) => {
          if (!name) return; // a worker that was started again loads the model first
          values[name] = value;
          onStep(name, value, count);
        },
      },
    );
    return values;
  }
}
