/** Listens to the keys of the page, except while the user types or a button uses the key. */
import { KeyPresses } from "../lib/keys/key-presses.js";

const TEXT_FIELDS = "input, textarea, select, [contenteditable]";
const BUTTONS = "button, a[href], summary";
/** Read on every key: the browser maintains this list, so the page is not searched. */
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
    const isUsed = event.isComposing || isUsedElsewhere(event);
    if (this.presses.down(pressOf(event), isUsed)) event.preventDefault();
  };

  #up = (event) => {
    if (this.presses.up(pressOf(event), isUsedElsewhere(event))) event.preventDefault();
  };
}

/** @param {KeyboardEvent} event */
export function pressOf(event) {
  const { key, code, shiftKey, ctrlKey, metaKey, altKey, repeat } = event;
  return { key, code, shiftKey, ctrlKey, metaKey, altKey, repeat, altGraph: event.getModifierState("AltGraph") };
}

/** Whether the focused element or an open dialog uses the key. */
function isUsedElsewhere({ target, key }) {
  if (!(target instanceof Element)) return false;
  if (target.closest(TEXT_FIELDS)) return true;
  // A key pressed over a dialog is not for the frames behind it, whatever has the focus.
  const dialog = openDialog();
  if (dialog) return key !== "?" || !dialog.closest("key-help");
  return (key === "Enter" || key === " ") && target.closest(BUTTONS) !== null;
}

function openDialog() {
  for (const dialog of DIALOGS) if (dialog.open && dialog.matches(":modal")) return dialog;
  return null;
}
