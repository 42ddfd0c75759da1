/** Defines the elements of the labelling page; the page links only this file. */
import { FilmStrip } from "../elements/film-strip.js";
import { KeyHelp } from "../elements/key-help.js";
import { LabelPage } from "../elements/label-page.js";
import { NoteEditor } from "../elements/note-editor.js";
import { SaveState } from "../elements/save-state.js";
import { TimeLine } from "../elements/time-line.js";
import { UnappliedLabels } from "../elements/unapplied-labels.js";

customElements.define("film-strip", FilmStrip);
customElements.define("time-line", TimeLine);
customElements.define("save-state", SaveState);
customElements.define("key-help", KeyHelp);
customElements.define("note-editor", NoteEditor);
customElements.define("unapplied-labels", UnappliedLabels);
// Last, because it uses the others as soon as it is connected.
customElements.define("label-page", LabelPage);
