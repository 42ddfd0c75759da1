/** Defines the elements of the adjudicator's page; the page links only this file. */
import { AdjudicationPage } from "../elements/adjudication-page.js";
import { FilmStrip } from "../elements/film-strip.js";
import { LabelLanes } from "../elements/label-lanes.js";
import { SaveState } from "../elements/save-state.js";

customElements.define("film-strip", FilmStrip);
customElements.define("save-state", SaveState);
customElements.define("label-lanes", LabelLanes);
// Last, because it uses the others as soon as it is connected.
customElements.define("adjudication-page", AdjudicationPage);
