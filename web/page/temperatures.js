// The temperatures that the page's sliders give: of the smallest picture, and of all that is finer.

/**
 * @param {Model} model
 * @return {function(): Object<string, number>} reads the sliders: a temperature for each variable.
 */
export function temperatures(model) {
  const { smallest, finer } = document.getElementById("samples-form").elements;
  for (const slider of [smallest, finer]) {
    slider.addEventListener("input", () => (slider.nextElementSibling.value = slider.value));
  }
  const [coarsest, ...others] = model.images;
  const top = others.length ? ["u", coarsest] : [];
  smallest.closest("label").hidden = !others.length; // a model of one level has but one picture
  return () =>
    Object.fromEntries(model.variables.map(({ name }) => [name, Number((top.includes(name) ? smallest : finer).value)]));
}
