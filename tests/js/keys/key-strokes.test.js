import assert from "node:assert/strict";
import { test } from "node:test";
import { keyCaps, parseStroke, strokeOf } from "../../../static/js/lib/keys/key-strokes.js";

const press = (key, code = "", held = {}) =>
  ({ key, code, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });
const SHIFT = { shiftKey: true };

test("a pressed stroke is converted to text on every layout", () => {
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
