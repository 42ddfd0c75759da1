/**
 * The controls that show and change how the page looks: each is named after a preference.
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
    // The arrow keys move through frames again, unless the user changed the control with them.
    if (byPointer && target.matches(NAMED)) target.blur();
  });
}

/** @param {HTMLElement} root @param {Preferences} preferences */
export function showOnControls(root, preferences) {
  for (const control of root.querySelectorAll(NAMED)) {
    const value = preferences[control.name];
    if (control.type === "checkbox") control.checked = value;
    // Do not overwrite a number while the user types it.
    else if (control !== document.activeElement || control.type !== "number") control.value = String(value);
  }
}

function valueOf(control) {
  return control.type === "checkbox" ? control.checked : Number(control.value);
}

/**
 * Buttons for the actions of keys.
 * @param {HTMLElement} root
 * @param {(action: string, amount?: number) => void} act
 */
export function listenToButtons(root, act) {
  root.addEventListener("click", ({ target }) => {
    const { dataset } = target.closest("button[data-action]") ?? {};
    if (dataset) act(dataset.action, dataset.amount && Number(dataset.amount));
  });
  // A focused button would receive Space and Enter instead of the page.
  root.addEventListener("mousedown", (event) => {
    if (event.target.closest("button[data-action]")) event.preventDefault();
  });
}
