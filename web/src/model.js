// A model that `export_tfjs` wrote: its graphs, loaded when first needed, and the walk over its
// variables.

import * as tf from "@tensorflow/tfjs-core";
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import { Described, Source } from "./described.js";
import { Pixels } from "./pixels.js";
import { unpackWeights } from "./weights.js";

export class Model extends Described {
  /**
   * @param {object} manifest what `manifest.json` holds.
   * @param {function(string): Promise<ArrayBuffer>} read gives the content of a file of the model's
   *     folder.
   */
  constructor(manifest, read) {
    super(manifest);
    this.read = read;
    this.loaded = {};
  }

  /** Read a model's manifest; `read` is as for the constructor. */
  static async load(read) {
    const manifest = text(await read("manifest.json"));
    try {
      return new Model(JSON.parse(manifest), read);
    } catch (error) {
      if (error instanceof SyntaxError) throw new Error(`manifest.json: expected JSON (${error.message})`);
      throw error;
    }
  }

  /** Load one graph, once. */
  graph(name) {
    this.loaded[name] ??= this.loadGraph(name).catch((error) => {
      delete this.loaded[name]; // the next try may find the network again
      throw error;
    });
    return this.loaded[name];
  }

  async loadGraph(name) {
    const { loop } = this.manifest.graphs[name];
    if (loop) {
      const [module, weights] = await Promise.all([this.read("pixels.wasm"), this.read(`${name}/weights.bin`)]);
      return Pixels.load(module, weights, loop);
    }
    const [json, packed] = await Promise.all([
      this.read(`${name}/model.json`),
      this.read(`${name}/weights.bin`),
    ]);
    const { modelTopology, weightsManifest, signature, format } = JSON.parse(text(json));
    const weightSpecs = weightsManifest.flatMap((group) => group.weights);
    const weightData = await unpackWeights(packed);
    return loadGraphModel({
      load: async () => ({ modelTopology, weightSpecs, weightData, signature, format }),
    });
  }

  /** Load the graphs whose names start with one of `prefixes`; `report` gets how many are there. */
  async preload(prefixes, report = () => {}) {
    const names = Object.keys(this.manifest.graphs).filter((name) => prefixes.includes(name[0]));
    let done = 0;
    report(done, names.length);
    await Promise.all(
      names.map(async (name) => {
        await this.graph(name);
        report(++done, names.length);
      }),
    );
  }

  /**
   * Run one graph.
   *
   * @param {string} name such as "p_x".
   * @param {Object<string, Float32Array>} values of the variables that it reads, rows one after another.
   * @param {{rows: Array, draw: function}} noise where its noise comes from.
   * @param {number} temperature scales the deviation of what is drawn.
   * @param {function(Float32Array, number)} report of a graph that draws one picture after another: gets the
   *     output and how many of them are there.
   * @return {Promise<Float32Array>} the output, rows one after another.
   */
  async run(name, values, noise, temperature, report) {
    const graph = await this.graph(name);
    const { inputs, noise: draws, temperature: tempered, loop } = this.manifest.graphs[name];
    if (loop) return graph.draw(draws, noise, temperature, report);
    const rows = noise.rows.length;
    const given = {};
    for (const input of inputs) {
      given[input] = tf.tensor(values[input], [rows, ...this.byName[input].shape]);
    }
    for (const draw of draws) {
      given[draw.input] = tf.tensor(noise.draw(draw), [rows, ...draw.shape]);
    }
    if (tempered) given.temperature = tf.scalar(temperature);
    const tensors = Object.fromEntries(
      graph.inputs.map(({ name: node }) => [node, given[node.split(":")[0]]]),
    );
    let output;
    try {
      output = graph.execute(tensors);
      const data = await output.data();
      // What was cast from integers to floats, WebGL gives back as integers.
      return data instanceof Float32Array ? data : Float32Array.from(data);
    } finally {
      tf.dispose([given, output]);
    }
  }

  /**
   * Give every variable its value in generative order: `SelfVAE.traverse`.
   *
   * @param {{sources: object, start: ?string}} plan where each value comes from.
   * @param {{noise: object, given: object, temperature: (number|object), onStep: function}} options the noise's
   *     rows set how many pictures there are; `given` holds the plan's start image and latents that are
   *     given; `temperature` may be an object by variable, 1 for those left out; `onStep(name, step, count)`
   *     is told each value as it comes, and may return a promise: all pictures' at once, or those of the
   *     first `count`.
   * @return {Promise<Object>} name to {value, unrounded}, Float32Arrays; `unrounded` for images from p.
   */
  async walk(plan, { noise, given = {}, temperature = 1, onStep = () => {} }) {
    const temperatureOf = (name) => (typeof temperature === "number" ? temperature : (temperature[name] ?? 1));
    const observed = await this.observe(plan, given, noise);
    const values = {};
    const steps = {};
    for (const variable of this.variables) {
      const { name, kind } = variable;
      const source = plan.sources[name];
      if (source === Source.UNUSED) continue;
      if (source === Source.GIVEN) {
        steps[name] = { value: kind === "image" ? observed[name] : given[name] };
      } else if (source === Source.POSTERIOR) {
        steps[name] = { value: await this.run(`q_${name}`, observed, noise, temperatureOf(name)) };
      } else if (source === Source.PRIOR) {
        const made = (output) => (kind === "image" ? split(output, variable.shape[2]) : { value: output });
        const report = (output, count) => count < noise.rows.length && onStep(name, made(output), count);
        steps[name] = made(await this.run(`p_${name}`, values, noise, temperatureOf(name), report));
      } else {
        throw new Error(`plan: ${name} from ${source}: the page's graphs do not give that`);
      }
      values[name] = steps[name].value;
      await onStep(name, steps[name], noise.rows.length);
    }
    return steps;
  }

  // The images that the plan's start determines and that some variable reads, by the transforms.
  async observe(plan, given, noise) {
    if (!plan.start) return {};
    const observed = { [plan.start]: given[plan.start] };
    const needed = (name) =>
      plan.sources[name] === Source.GIVEN ||
      this.variables.some((v) => v.observed === name && plan.sources[v.name] === Source.POSTERIOR) ||
      this.variables.some((v) => v.observed === name && v.kind === "image" && needed(v.name));
    for (const { name, kind, observed: finer } of [...this.variables].reverse()) {
      if (kind === "image" && observed[finer] && needed(name)) {
        observed[name] = await this.run(`d_${name}`, observed, noise, 1);
      }
    }
    return observed;
  }
}

const text = (bytes) => new TextDecoder().decode(bytes);

// A graph of an image gives it and what it was before rounding, side by side in the channels.
function split(output, channels) {
  const value = new Float32Array(output.length / 2);
  const unrounded = new Float32Array(output.length / 2);
  for (let from = 0, to = 0; from < output.length; from += channels) {
    for (let c = 0; c < channels; c++) value[to + c] = output[from++];
    for (let c = 0; c < channels; c++) unrounded[to + c] = output[from + c];
    to += channels;
  }
  return { value, unrounded };
}
