import assert from "node:assert/strict";
import { test } from "node:test";
import { conflicts, GROUPS, KEYMAP, rowFor } from "../../static/js/lib/keymap.js";

const press = (key, code = "", held = {}) =>
  ({ key, code, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });
const means = (...args) => {
  const row = rowFor(press(...args));
  return row && [row.action, row.amount].filter((part) => part !== undefined).join(" ");
};
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

test("no stroke stands for two things", () => {
  assert.deepEqual(conflicts(), []);
  assert.deepEqual(conflicts([...KEYMAP, { strokes: [{ key: "u", code: "KeyN" }] }]), ["key u"]);
});

test("every row can be shown", () => {
  const shown = KEYMAP.filter(({ shows, says, group }) => shows.length && says && GROUPS.includes(group));
  assert.equal(shown.length, KEYMAP.length);
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

test("Shift and Ctrl tell painting from moving and redo from undo", () => {
  assert.equal(means("ArrowRight", "ArrowRight", SHIFT), "paint 1");
  assert.equal(means("z", "KeyZ", { metaKey: true }), "undo");
  assert.equal(means("Z", "KeyZ", { ctrlKey: true, shiftKey: true }), "redo");
  assert.equal(means("y", "KeyY", { ctrlKey: true }), "redo");
  assert.equal(means("U", "KeyU"), "next-unlabelled");
});

test("the browser keeps its own combinations", () => {
  assert.equal(means("ArrowLeft", "ArrowLeft", { altKey: true }), null);
  assert.equal(means("u", "KeyU", { ctrlKey: true }), null);
  assert.equal(means("ArrowUp", "ArrowUp", SHIFT), null);
  assert.equal(means("<", "Comma", SHIFT), null);
  assert.equal(means("F5", "F5"), null);
});

test("holding a key repeats moves, never labels", () => {
  const repeating = KEYMAP.filter(({ repeats }) => repeats).map(({ action }) => action);
  assert.deepEqual(new Set(repeating), new Set(["move", "paint", "undo", "redo"]));
});
