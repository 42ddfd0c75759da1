import assert from "node:assert/strict";
import { test } from "node:test";
import { keyCaps, parseStroke, reservedReason } from "../../../static/js/lib/keys/key-strokes.js";
import { Keymap } from "../../../static/js/lib/keys/keymap.js";

const press = (key, code = "", held = {}) =>
  ({ key, code, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });
const whacc = new Keymap();
const meansIn = (keymap, ...args) => keymap.rowFor(press(...args))?.id ?? null;
const means = (...args) => meansIn(whacc, ...args);
const shown = (keymap, id) => keymap.strokesOf(id).map((stroke) => keyCaps(stroke).join(" "));
const SHIFT = { shiftKey: true };

test("WhACC's keys have the same actions as in WhACC", () => {
  const expected = {
    ArrowLeft: "move -1", ArrowRight: "move 1", ",": "move -10", ".": "move 10", ";": "move -100", "'": "move 100",
    "[": "move -1000", "]": "move 1000", ArrowUp: "touch", ArrowDown: "not-touch", 1: "clear", "`": "switch",
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, means(key)])), expected);
  assert.equal(means("Shift", "ShiftRight", SHIFT), "move 10");
  assert.equal(means("Shift", "ShiftLeft", SHIFT), null);
});

test("on a German keyboard key codes work for characters without an action", () => {
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

test("the character of a key has priority over its code", () => {
  assert.equal(means("a", "KeyQ"), "auto-advance");
  assert.equal(means("&", "Digit1"), "clear");
  assert.equal(means("й", "KeyQ"), "unsure");
});

test("Shift and Ctrl distinguish painting from moving, redo from undo, and previous from next", () => {
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
    assert.match(reservedReason(parseStroke(text)), /: choose another key\.$/u);
  }
  assert.equal(reservedReason(parseStroke("Alt+q")), null);
});

test("a key that is bound again loses its old action", () => {
  const changed = whacc.withStroke("mark", "u", 0);

  assert.equal(whacc.rowOf("u").id, "next-unlabelled 1");
  assert.equal(meansIn(changed, "u"), "mark");
  assert.equal(meansIn(changed, "i"), null);
  assert.deepEqual(shown(changed, "next-unlabelled 1"), []);
  assert.deepEqual(new Keymap(JSON.parse(JSON.stringify(changed.choice))).choice, changed.choice);
  assert.deepEqual(changed.choice, { preset: "whacc", keys: { "mark": ["u"], "next-unlabelled 1": [] } });
});

test("a row may have several keys, and one can be removed", () => {
  const more = whacc.withStroke("touch", "k");
  assert.deepEqual(shown(more, "touch"), ["↑", "K"]);
  assert.deepEqual(shown(more.withoutStroke("touch", 0), "touch"), ["K"]);
  assert.equal(meansIn(more.withoutStroke("touch", 0), "ArrowUp"), null);
});

test("invalid parts of a stored key map are ignored", () => {
  const map = new Keymap({ preset: "vim", keys: { "touch": "k", "no-such-row": ["x"], "mark": [7], "clear": ["k"] } });
  assert.deepEqual(map.choice, { preset: "whacc", keys: { clear: ["k"] } });
  assert.equal(meansIn(map, "ArrowUp"), "touch");
});
