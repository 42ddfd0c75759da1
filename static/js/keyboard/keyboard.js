/** Hears the keys of the page, unless somebody types or a button has the key. */
import { KeyPresses } from "../lib/keys/key-presses.js";

const TYPES = "input, textarea, select, [contenteditable]";
const PRESSES = "button, a[href], summary";
/** Looked at on every key: the browser keeps the list, the page is not searched. */
const DIALOGS = document.getElementsByTagName("dialog");

export class Keyboard {
  /** @param {ConstructorParameters<typeof KeyPresses>[0]} parts */
  constructor(parts) {
    this.presses = new KeyPresses(parts);
    addEventListener("keydown", this.#down);
    addEventListener("keyup", this.#up);
  }

  /** @param {import("../lib/keys/keymap.js").Keymap} keymap */
  set keymap(keymap) {
    this.presses.keymap = keymap;
  }

  disconnect() {
    removeEventListener("keydown", this.#down);
    removeEventListener("keyup", this.#up);
  }

  #down = (event) => {
    const taken = event.isComposing || isTaken(event);
    if (this.presses.down(pressOf(event), taken)) event.preventDefault();
  };

  #up = (event) => {
    if (this.presses.up(pressOf(event), isTaken(event))) event.preventDefault();
  };
}

/** @param {KeyboardEvent} event */
export function pressOf(event) {
  const { key, code, shiftKey, ctrlKey, metaKey, altKey, repeat } = event;
  return { key, code, shiftKey, ctrlKey, metaKey, altKey, repeat, altGraph: event.getModifierState("AltGraph") };
}

/** Whether the key belongs to what has the focus, or to an open dialog. */
function isTaken({ target, key }) {
  if (!(target instanceof Element)) return false;
  if (target.closest(TYPES)) return true;
  // Whatever has the focus: what was pressed over a dialog is not meant for the frames behind it.
  const dialog = openDialog();
  if (dialog) return key !== "?" || !dialog.closest("key-help");
  return (key === "Enter" || key === " ") && target.closest(PRESSES) !== null;
}

function openDialog() {
  for (const dialog of DIALOGS) if (dialog.open && dialog.matches(":modal")) return dialog;
  return null;
}
