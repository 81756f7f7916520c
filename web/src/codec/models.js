// The codec models that there are: those beside the page, loaded when a picture needs them, and one's own.

import { hex } from "./checksums.js";
import { CodecModel, hashOf } from "./model.js";

export class CodecModels {
  /**
   * @param {?function(string): Promise<ArrayBuffer>} read gives the content of a file beside `models.json`, a list of
   *     {name, hash}; null where there are none.
   */
  constructor(read = null) {
    this.read = read;
    this.loaded = {};
  }

  /** Take the content of a `.svcm` of one's own. */
  async add(bytes) {
    const model = await CodecModel.load(bytes);
    this.loaded[model.hash] ??= Promise.resolve(model);
    return model;
  }

  /**
   * @param {{hash: Uint8Array, name: string}} needs what a file needs.
   * @return {Promise<CodecModel>}
   * @throws {Error} when it is not there.
   */
  async find(needs) {
    const hash = hex(needs.hash);
    this.loaded[hash] ??= this.load(hash, needs).catch((error) => {
      delete this.loaded[hash]; // the next try may find it
      throw error;
    });
    return this.loaded[hash];
  }

  async load(hash, needs) {
    const listed = this.read ? JSON.parse(new TextDecoder().decode(await this.read("models.json"))) : [];
    const found = listed.find((entry) => entry.hash === hash);
    if (!found) {
      const hint = needs.name ? "give its .svcm file first" : "a later version of this page may bring it";
      throw new Error(`the file needs the codec model ${needs.name || "a released one"} (${hash}): ${hint}`);
    }
    const bytes = new Uint8Array(await this.read(`${found.name}.svcm`));
    if (hashOf(bytes) !== hash) throw new Error(`${found.name}.svcm is damaged, or was cut off on its way`);
    return CodecModel.load(bytes);
  }
}
