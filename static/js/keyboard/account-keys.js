/**
 * The account's key map on the page: the keyboard uses it, the dialog shows and changes it, the
 * buttons name its keys, and the server stores it for every other computer.
 */
import { csrfToken, postOptions } from "../browser/fetch-json.js";
import { Keymap } from "../lib/keys/keymap.js";
import { showKeys } from "./key-hints.js";

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

  /** A blind annotator does not see the actions that use the model. @param {{assisted: boolean}} clip */
  showFor({ assisted }) {
    this.help.assisted = assisted;
    this.#show();
  }

  /** @param {import("./keyboard.js").Keyboard} keyboard */
  attach(keyboard) {
    this.keyboard = keyboard;
    keyboard.keymap = this.keymap;
  }

  async #choose(keymap) {
    this.keymap = keymap;
    if (this.keyboard) this.keyboard.keymap = keymap;
    this.#show();
    this.help.showMessage(await this.#save(keymap.choice));
  }

  #show() {
    this.help.show(this.keymap);
    showKeys(this.page, this.keymap);
  }

  /** @returns {Promise<string>}  the result as a message */
  async #save(choice) {
    try {
      const response = await fetch(this.url, postOptions(choice, csrfToken()));
      if (response.ok) return "Saved with your account.";
      if (response.type === "opaqueredirect") return "Not saved: log in again in another tab, then change a key again.";
      const { error } = await response.json();
      return `Not saved. ${error}`;
    } catch {
      return "Not saved: the server did not answer. These keys work until the page closes; change one to try again.";
    }
  }
}
