// What every worker of the page is: one that answers, as remote.js asks.

/**
 * @param {function(object, function(object, Transferable[])): Promise} handle takes a request, and what tells the
 *     page of steps on the way; gives the answer.
 */
export function answer(handle) {
  self.addEventListener("message", async ({ data }) => {
    try {
      self.postMessage({ answer: await handle(data, (told, transfer) => self.postMessage({ told }, transfer)) });
    } catch (error) {
      self.postMessage({ error: error.message });
    }
  });
}
