/**
 * The account's keys on the page: the keyboard obeys them, the dialog shows and changes them,
 * the buttons quote them, and the server keeps them for every other computer.
 */
import { showKeys } from "./key-hints.js";
import { Keymap } from "../lib/keys/keymap.js";

export class AccountKeys {
  /**
   * @param {HTMLElement} page
   * @param {{key_map: object, key_map_url: string}} state
   * @param {import("../elements/key-help.js").KeyHelp} help
   */
  constructor(page, state, help) {
    Object.assign(this, { page, help, url: state.key_map_url });
    this.keymap = new Keymap(state.key_map);
    this.keyboard = null;
    help.addEventListener("keys-chosen", ({ detail }) => this.#choose(detail.keymap));
    this.#show();
  }

  /** A blind annotator is shown nothing of what the model could do. @param {{assisted: boolean}} clip */
  showFor({ assisted }) {
    this.help.assisted = assisted;
    this.#show();
  }

  /** @param {import("./keyboard.js").Keyboard} keyboard */
  drive(keyboard) {
    this.keyboard = keyboard;
    keyboard.keymap = this.keymap;
  }

  async #choose(keymap) {
    this.keymap = keymap;
    if (this.keyboard) this.keyboard.keymap = keymap;
    this.#show();
    this.help.say(await this.#keep(keymap.choice));
  }

  #show() {
    this.help.show(this.keymap);
    showKeys(this.page, this.keymap);
  }

  /** @returns {Promise<string>}  what became of it, in a sentence */
  async #keep(choice) {
    const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
    try {
      const response = await fetch(this.url, {
        method: "POST", redirect: "manual", body: JSON.stringify(choice),
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      });
      if (response.ok) return "Kept with your account.";
      if (response.type === "opaqueredirect") return "Not kept: log in again in another tab, and change a key again.";
      const { error } = await response.json();
      return `Not kept. ${error}`;
    } catch {
      return "Not kept: the server did not answer. These keys hold until the page closes; change one again to try anew.";
    }
  }
}
