/**
 * The controls that show and change how the page looks: each bears the name of a preference.
 * @typedef {ReturnType<typeof import("./preferences.js").readPreferences>} Preferences
 */

const NAMED = "[data-view] [name]";

/**
 * @param {HTMLElement} root
 * @param {(changes: Partial<Preferences>) => void} prefer
 */
export function listenToControls(root, prefer) {
  let byPointer = false;
  const menu = root.querySelector("details[data-view]");
  root.addEventListener("pointerdown", ({ target }) => {
    byPointer = true;
    if (!menu.contains(target)) menu.open = false;
  });
  root.addEventListener("keydown", () => { byPointer = false; });
  root.addEventListener("input", ({ target }) => {
    if (target.matches(NAMED) && target.validity.valid) prefer({ [target.name]: valueOf(target) });
  });
  root.addEventListener("change", ({ target }) => {
    // The arrow keys belong to the frames again, unless they were what turned the control.
    if (byPointer && target.matches(NAMED)) target.blur();
  });
}

/** @param {HTMLElement} root @param {Preferences} preferences */
export function showOnControls(root, preferences) {
  for (const control of root.querySelectorAll(NAMED)) {
    const value = preferences[control.name];
    if (control.type === "checkbox") control.checked = value;
    // What is being typed is not overwritten.
    else if (control !== document.activeElement || control.type !== "number") control.value = String(value);
  }
}

function valueOf(control) {
  return control.type === "checkbox" ? control.checked : Number(control.value);
}

/**
 * Buttons that do what keys do.
 * @param {HTMLElement} root
 * @param {(action: string, amount?: number) => void} act
 */
export function listenToButtons(root, act) {
  root.addEventListener("click", ({ target }) => {
    const { dataset } = target.closest("button[data-action]") ?? {};
    if (dataset) act(dataset.action, dataset.amount && Number(dataset.amount));
  });
  // A button that took the focus would take Space and Enter from the page as well.
  root.addEventListener("mousedown", (event) => {
    if (event.target.closest("button[data-action]")) event.preventDefault();
  });
}
