import assert from "node:assert/strict";
import { test } from "node:test";
import { Keymap } from "../../../static/js/lib/keys/keymap.js";
import { Desk } from "./desk.js";

/** Frames [10, 50), with a suggested touch [20, 30) and a short rise at 40. */
function scored() {
  const scores = new Float32Array(60);
  scores.fill(0.95, 20, 30);
  scores[20] = 0.6;
  scores.fill(0.4, 40, 42);
  return new Desk({ start: 10, stop: 50, scores });
}

test("a 15-frame touch takes three key actions from the frame before its onset, advancing included", () => {
  const desk = new Desk({ start: 100, stop: 200, frame: 119 });

  desk.press("ArrowRight");
  desk.hold("Shift+ArrowUp", 15);

  assert.deepEqual(desk.runs, [[120, 135, 1]]);
  assert.equal(desk.frame, 135);
  assert.equal(desk.keyActions, 3);
});

test("a stroke painted while Shift is held is undone as one", () => {
  const desk = new Desk({ start: 100, stop: 200, frame: 119 });
  desk.hold("Shift+ArrowUp", 5);
  desk.hold("Shift+ArrowDown", 3);

  desk.press("Ctrl+z");
  assert.deepEqual(desk.runs, [[119, 124, 1]]);
  desk.press("Ctrl+z", "Ctrl+Shift+z");
  assert.deepEqual(desk.runs, [[119, 124, 1]]);
});

test("a range is marked at one end and labelled at the other, in either direction", () => {
  const desk = new Desk({ start: 100, stop: 200, frame: 120 });
  desk.press("i", ".", "ArrowUp");
  desk.press("]", "i", "ArrowUp");
  assert.deepEqual(desk.runs, [[120, 131, 1]]);

  desk.frame = 140;
  desk.press("i", "]", "ArrowDown");
  desk.frame = 110;
  desk.press("i", "[", "ArrowDown");

  assert.deepEqual(desk.runs, [[100, 111, 0], [120, 131, 1], [140, 200, 0]]);
  assert.equal(desk.labels.mark, null);
});

test("Esc cancels a range without a label", () => {
  const desk = new Desk({ start: 100, stop: 200, frame: 120 });
  desk.press("i", ".", "Escape", "ArrowUp");
  assert.deepEqual(desk.runs, [[130, 131, 1]]);
});

test("JABS's Z starts a range and fills it", () => {
  const desk = new Desk({ start: 100, stop: 200, frame: 120, keymap: new Keymap({ preset: "jabs" }) });
  desk.press("z", "ArrowUp", "z", "ArrowRight", "c", "ArrowRight", "c");
  assert.deepEqual(desk.runs, [[120, 131, 1], [131, 133, 0]]);
});

test("nudging follows the edge, and a held key is one undo", () => {
  const desk = new Desk({ start: 100, stop: 200, frame: 126, runs: [[100, 120, 0], [120, 130, 1], [130, 200, 0]] });
  desk.hold("w", 3);
  desk.press("r");
  assert.deepEqual(desk.runs, [[100, 117, 0], [117, 129, 1], [129, 200, 0]]);
  assert.equal(desk.frame, 128);
  desk.press("Ctrl+z", "Ctrl+z");
  assert.deepEqual(desk.runs, [[100, 120, 0], [120, 130, 1], [130, 200, 0]]);
});

test("accepting a touch labels its unlabelled frames and continues after it", () => {
  const desk = scored();
  desk.frame = 25;
  desk.press("ArrowDown", "y");

  assert.deepEqual(desk.runs, [[20, 25, 1], [25, 26, 0], [26, 30, 1]]);
  assert.equal(desk.frame, 30);
  desk.press("y");
  assert.match(desk.hints.at(-1), /suggests no touch/u);
});

test("accepting the rest fills gaps from the cursor on and leaves every label of the annotator", () => {
  const desk = scored();
  desk.frame = 22;
  desk.press("q", "Shift+y");

  assert.deepEqual(desk.runs, [[22, 23, 2], [23, 30, 1], [30, 50, 0]]);
  desk.press("Ctrl+z");
  assert.deepEqual(desk.runs, [[22, 23, 2]]);
});

test("hidden suggestions are neither accepted nor jumped to, and a blind page has none", () => {
  const desk = scored();
  desk.press("h", "Shift+y", "n", "j");
  assert.deepEqual(desk.runs, []);
  assert.equal(desk.frame, 10);
  assert.match(desk.hints[0], /hidden/u);

  const blind = new Desk({ start: 10, stop: 50 });
  blind.press("y", "Shift+y", "h", "j");
  assert.deepEqual(blind.runs, []);
  assert.equal(blind.hints.filter((hint) => /without the model/u.test(hint)).length, 4);
});

test("jumps find suggested touches in gaps, labelled touches elsewhere, and unsure frames", () => {
  const desk = scored();
  desk.press("n");
  assert.equal(desk.frame, 20);
  desk.press("m");
  assert.equal(desk.frame, 29);
  desk.press("Shift+n", "ArrowDown", "n");
  assert.equal(desk.frame, 21);
  desk.press("j");
  assert.equal(desk.frame, 40);
  desk.press("j");
  assert.match(desk.hints.at(-1), /No frame where the model is unsure after/u);
  desk.press("Shift+j");
  assert.equal(desk.frame, 20);
});

test("next gap stops at the clip's end; Enter goes to the first gap with a message", () => {
  const desk = new Desk({ start: 10, stop: 20, runs: [[10, 12, 0], [13, 20, 0]], frame: 15 });
  desk.press("u");
  assert.equal(desk.frame, 15);
  assert.match(desk.hints[0], /No frame without a label after/u);
  desk.press("Enter");
  assert.equal(desk.frame, 12);
  assert.match(desk.hints[1], /first gap/u);
  desk.press("ArrowDown", "Enter");
  assert.equal(desk.left, true);
});

test("auto-advance moves on after a label and after a range", () => {
  const desk = new Desk({ start: 10, stop: 30 });
  desk.press("a", "ArrowDown", "i", "ArrowRight", "ArrowUp");
  assert.deepEqual(desk.runs, [[10, 11, 0], [11, 13, 1]]);
  assert.equal(desk.frame, 13);
});

test("frames around the clip take no label, range or note", () => {
  const desk = new Desk({ start: 10, stop: 30, frame: 5 });
  desk.press("ArrowUp", "Shift+ArrowUp", "i", "`");
  assert.deepEqual(desk.runs, []);
  assert.equal(desk.labels.mark, null);
});
