// What a model's manifest says: all of a model that a page needs while a worker computes.

const FORMAT = "tf_selfvae.tfjs/1";

/** Where a variable's value comes from: tf_selfvae.plans.Source. */
export const Source = { PRIOR: "p", POSTERIOR: "q", GIVEN: "given", UNUSED: "unused" };

export class Described {
  /** @param {object} manifest what `manifest.json` holds. */
  constructor(manifest) {
    if (manifest.format !== FORMAT) {
      throw new Error(`manifest.json: expected format ${FORMAT}, got ${manifest.format}`);
    }
    this.manifest = manifest;
    this.variables = manifest.variables;
    this.byName = Object.fromEntries(this.variables.map((variable) => [variable.name, variable]));
  }

  /** Names of the images, coarse to fine. */
  get images() {
    return this.variables.filter((variable) => variable.kind === "image").map(({ name }) => name);
  }
}
