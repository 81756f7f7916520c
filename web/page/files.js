// Files that are chosen, or dropped anywhere on the page.

/** @param {function(File[])} use takes them. */
export function takeFiles(use) {
  for (const input of document.querySelectorAll("input.file")) {
    input.addEventListener("change", () => {
      const files = [...input.files];
      input.value = ""; // so that the same one can be chosen again
      if (files.length) use(files);
    });
  }
  const drops = document.querySelectorAll(".drop");
  for (const drop of drops) {
    drop.addEventListener("dragover", () => drop.classList.add("over"));
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  }
  // A file that misses the frame must not replace the page.
  window.addEventListener("dragover", (event) => event.preventDefault());
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    for (const drop of drops) drop.classList.remove("over");
    if (event.dataTransfer.files.length) use([...event.dataTransfer.files]);
  });
}
