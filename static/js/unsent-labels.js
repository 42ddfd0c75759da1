/** Every page links this file: labels that wait in this browser are sent from wherever one is. */
import { UnsentLabels } from "./elements/unsent-labels.js";

customElements.define("unsent-labels", UnsentLabels);
