import assert from "node:assert/strict";
import { test } from "node:test";
import { GROUPS, ROWS } from "../../static/js/lib/key-actions.js";
import { PRESETS } from "../../static/js/lib/key-presets.js";
import { keyCaps, parseStroke, strokeOf, whyReserved } from "../../static/js/lib/key-strokes.js";
import { conflicts, Keymap } from "../../static/js/lib/keymap.js";

const press = (key, code = "", held = {}) =>
  ({ key, code, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });
const whacc = new Keymap();
const meansIn = (keymap, ...args) => keymap.rowFor(press(...args))?.id ?? null;
const means = (...args) => meansIn(whacc, ...args);
const shown = (keymap, id) => keymap.strokesOf(id).map((stroke) => keyCaps(stroke).join(" "));
const SHIFT = { shiftKey: true };

test("WhACC's keys mean what they mean in WhACC", () => {
  const expected = {
    ArrowLeft: "move -1", ArrowRight: "move 1", ",": "move -10", ".": "move 10", ";": "move -100", "'": "move 100",
    "[": "move -1000", "]": "move 1000", ArrowUp: "touch", ArrowDown: "not-touch", 1: "clear", "`": "switch",
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, means(key)])), expected);
  assert.equal(means("Shift", "ShiftRight", SHIFT), "move 10");
  assert.equal(means("Shift", "ShiftLeft", SHIFT), null);
});

test("in no preset does a stroke stand for two things, and none is the browser's", () => {
  const ids = new Set(ROWS.map(({ id }) => id));
  for (const { keys } of Object.values(PRESETS)) {
    assert.deepEqual(conflicts(keys), []);
    assert.deepEqual(Object.keys(keys).filter((id) => !ids.has(id)), []);
    const strokes = Object.entries(keys).filter(([id]) => id !== "cancel").flatMap(([, texts]) => texts);
    assert.deepEqual(strokes.map(parseStroke).map(whyReserved).filter((why) => why && !/^Ctrl (Shift )?[YZ] /u.test(why)), []);
  }
  assert.deepEqual(conflicts({ ...PRESETS.whacc.keys, more: ["u[KeyN]"] }), ["u", "[KeyN]"]);
});

test("every row has words, a group and one name", () => {
  assert.equal(new Set(ROWS.map(({ id }) => id)).size, ROWS.length);
  assert.equal(ROWS.filter(({ says, group }) => says && GROUPS.includes(group)).length, ROWS.length);
});

test("on a German keyboard the same places work where the characters have none", () => {
  assert.equal(means("ö", "Semicolon"), "move -100");
  assert.equal(means("ä", "Quote"), "move 100");
  assert.equal(means("ü", "BracketLeft"), "move -1000");
  assert.equal(means("+", "BracketRight"), "move 1000");
  assert.equal(means("Dead", "Backquote"), "switch");
  assert.equal(means(";", "Comma", SHIFT), "move -100");
  assert.equal(means("[", "Digit8", { ctrlKey: true, altKey: true, altGraph: true }), "move -1000");
  assert.equal(means("?", "Minus", SHIFT), "help");
  assert.equal(means("z", "KeyY", { ctrlKey: true }), "undo");
});

test("what a key prints counts before where it lies", () => {
  assert.equal(means("a", "KeyQ"), "auto-advance");
  assert.equal(means("&", "Digit1"), "clear");
  assert.equal(means("й", "KeyQ"), "unsure");
});

test("Shift and Ctrl tell painting from moving, redo from undo, and back from on", () => {
  assert.equal(means("ArrowRight", "ArrowRight", SHIFT), "paint 1");
  assert.equal(means("ArrowUp", "ArrowUp", SHIFT), "label-on 1");
  assert.equal(means("z", "KeyZ", { metaKey: true }), "undo");
  assert.equal(means("Z", "KeyZ", { ctrlKey: true, shiftKey: true }), "redo");
  assert.equal(means("y", "KeyY", { ctrlKey: true }), "redo");
  assert.equal(means("U", "KeyU"), "next-unlabelled 1");
  assert.equal(means("U", "KeyU", SHIFT), "next-unlabelled -1");
});

test("the browser keeps its own combinations", () => {
  assert.equal(means("ArrowLeft", "ArrowLeft", { altKey: true }), null);
  assert.equal(means("u", "KeyU", { ctrlKey: true }), null);
  assert.equal(means("<", "Comma", SHIFT), null);
  assert.equal(means("F5", "F5"), null);
  for (const text of ["Ctrl+w", "Ctrl+Shift+t", "Tab", "Alt+ArrowLeft", "F5", "Ctrl+0", "Escape"]) {
    assert.match(whyReserved(parseStroke(text)), /: choose another key\.$/u);
  }
  assert.equal(whyReserved(parseStroke("Alt+q")), null);
});

test("holding a key repeats moves and strokes, never single labels", () => {
  const repeating = new Set(ROWS.filter(({ repeats }) => repeats).map(({ action }) => action));
  for (const action of ["touch", "not-touch", "accept-rest", "note", "next-clip"]) assert.ok(!repeating.has(action));
  for (const action of ["move", "paint", "label-on", "undo", "redo"]) assert.ok(repeating.has(action));
});

test("the left hand and JABS have their own keys", () => {
  const left = new Keymap({ preset: "left-hand" });
  assert.deepEqual(["a", "d", "w", "s"].map((key) => meansIn(left, key)), ["move -1", "move 1", "touch", "not-touch"]);
  const jabs = new Keymap({ preset: "jabs" });
  assert.deepEqual(["z", "x", "c"].map((key) => meansIn(jabs, key)), ["range 1", "range -1", "range 0"]);
  assert.deepEqual(["ArrowUp", "ArrowDown"].map((key) => meansIn(jabs, key)), ["move 10", "move -10"]);
});

test("a stroke is read as it is pressed, whatever the layout", () => {
  assert.equal(strokeOf(press("U", "KeyU", SHIFT)), "Shift+u");
  assert.equal(strokeOf(press("ö", "Semicolon")), "ö[Semicolon]");
  assert.equal(strokeOf(press("Dead", "Backquote")), "[Backquote]");
  assert.equal(strokeOf(press("!", "Digit1", SHIFT)), "Shift+![Digit1]");
  assert.equal(strokeOf(press("œ", "KeyQ", { altKey: true })), "Alt+œ[KeyQ]");
  assert.equal(strokeOf(press("Shift", "ShiftLeft", SHIFT)), null);
  assert.equal(strokeOf(press("]", "BracketRight")), "]");
  assert.deepEqual(keyCaps(parseStroke("Shift+![Digit1]")), ["!"]);
  assert.deepEqual(keyCaps(parseStroke("Ctrl+Shift+z")), ["Ctrl", "Shift", "Z"]);
});

test("a key that is bound anew means the new thing and is lost to the old", () => {
  const changed = whacc.bound("mark", "u", 0);

  assert.equal(whacc.ownerOf("u").id, "next-unlabelled 1");
  assert.equal(meansIn(changed, "u"), "mark");
  assert.equal(meansIn(changed, "i"), null);
  assert.deepEqual(shown(changed, "next-unlabelled 1"), []);
  assert.deepEqual(new Keymap(JSON.parse(JSON.stringify(changed.choice))).choice, changed.choice);
  assert.deepEqual(changed.choice, { preset: "whacc", keys: { "mark": ["u"], "next-unlabelled 1": [] } });
});

test("a row may have several keys, and lose one of them", () => {
  const more = whacc.bound("touch", "k");
  assert.deepEqual(shown(more, "touch"), ["↑", "K"]);
  assert.deepEqual(shown(more.freed("touch", 0), "touch"), ["K"]);
  assert.equal(meansIn(more.freed("touch", 0), "ArrowUp"), null);
});

test("a key map that makes no sense is as if it had not been kept", () => {
  const map = new Keymap({ preset: "vim", keys: { "touch": "k", "no-such-row": ["x"], "mark": [7], "clear": ["k"] } });
  assert.deepEqual(map.choice, { preset: "whacc", keys: { clear: ["k"] } });
  assert.equal(meansIn(map, "ArrowUp"), "touch");
});
