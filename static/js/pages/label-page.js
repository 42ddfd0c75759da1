/** Makes the labelling page's elements known; the page links this file alone. */
import { FilmStrip } from "../elements/film-strip.js";
import { KeyHelp } from "../elements/key-help.js";
import { LabelPage } from "../elements/label-page.js";
import { NoteEditor } from "../elements/note-editor.js";
import { SetAside } from "../elements/set-aside.js";
import { SaveState } from "../elements/save-state.js";
import { TimeLine } from "../elements/time-line.js";

customElements.define("film-strip", FilmStrip);
customElements.define("time-line", TimeLine);
customElements.define("save-state", SaveState);
customElements.define("key-help", KeyHelp);
customElements.define("note-editor", NoteEditor);
customElements.define("set-aside", SetAside);
// Last, because it speaks to the others when it is connected.
customElements.define("label-page", LabelPage);
