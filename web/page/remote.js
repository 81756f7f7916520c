// A worker, and how the page asks it: one request at a time.

export class Remote {
  /** @param {string} script of the worker, which calls `answer`; it starts when it is first asked. */
  constructor(script) {
    this.script = script;
    this.worker = null;
  }

  /**
   * @param {object} request
   * @param {{told: function(object), transfer: Transferable[]}} options `told` gets each step on the way.
   * @return {Promise} the answer.
   * @throws {Error} in the worker's words, or when it could not be loaded or stopped.
   */
  ask(request, { told = () => {}, transfer = [] } = {}) {
    this.worker ??= start(this.script);
    const { worker } = this;
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => {
        if ("told" in data) told(data.told);
        else if ("error" in data) reject(new Error(data.error));
        else resolve(data.answer);
      };
      worker.onerror = () => {
        worker.terminate();
        this.worker = null; // the next try may find the network again
        reject(new Error(`${this.script} could not be loaded, or stopped.`));
      };
      worker.postMessage(request, transfer);
    });
  }
}

// A worker that begins as a blob is held to the page's content security policy, and is isolated where the page is.
function start(script) {
  const address = JSON.stringify(new URL(script, document.baseURI).href);
  const blob = new Blob([`import ${address};`], { type: "text/javascript" });
  return new Worker(URL.createObjectURL(blob), { type: "module", name: script });
}
