import { CopiedText } from "./elements/copied-text.js";

customElements.define("copied-text", CopiedText);
