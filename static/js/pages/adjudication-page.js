/** Makes the adjudicator's elements known; the page links this file alone. */
import { AdjudicationPage } from "../elements/adjudication-page.js";
import { FilmStrip } from "../elements/film-strip.js";
import { LabelLanes } from "../elements/label-lanes.js";
import { SaveState } from "../elements/save-state.js";

customElements.define("film-strip", FilmStrip);
customElements.define("save-state", SaveState);
customElements.define("label-lanes", LabelLanes);
// Last, because it speaks to the others when it is connected.
customElements.define("adjudication-page", AdjudicationPage);
