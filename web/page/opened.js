// A page that was opened as a file may load no modules: say so, since the page itself then cannot.
if (location.protocol === "file:") {
  addEventListener("DOMContentLoaded", () => {
    document.getElementById("timing").textContent = "stopped";
    const error = document.getElementById("error");
    error.textContent =
      "A page opened as a file may load nothing. Open it through a web server: in this folder, run python -m http.server, then open http://localhost:8000.";
    error.hidden = false;
  });
}
