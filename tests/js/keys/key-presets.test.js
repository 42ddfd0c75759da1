import assert from "node:assert/strict";
import { test } from "node:test";
import { ROWS } from "../../../static/js/lib/keys/key-actions.js";
import { PRESETS } from "../../../static/js/lib/keys/key-presets.js";
import { parseStroke, reservedReason } from "../../../static/js/lib/keys/key-strokes.js";
import { conflicts, Keymap } from "../../../static/js/lib/keys/keymap.js";

const press = (key, code = "", held = {}) =>
  ({ key, code, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });
const meansIn = (keymap, ...args) => keymap.rowFor(press(...args))?.id ?? null;

test("no preset has a stroke with two actions, or one of the browser's", () => {
  const ids = new Set(ROWS.map(({ id }) => id));
  for (const { keys } of Object.values(PRESETS)) {
    assert.deepEqual(conflicts(keys), []);
    assert.deepEqual(Object.keys(keys).filter((id) => !ids.has(id)), []);
    const strokes = Object.entries(keys).filter(([id]) => id !== "cancel").flatMap(([, texts]) => texts);
    const reasons = strokes.map(parseStroke).map(reservedReason);
    assert.deepEqual(reasons.filter((reason) => reason && !/^Ctrl (Shift )?[YZ] /u.test(reason)), []);
  }
  assert.deepEqual(conflicts({ ...PRESETS.whacc.keys, more: ["u[KeyN]"] }), ["u", "[KeyN]"]);
});

test("the left hand and JABS have their own keys", () => {
  const left = new Keymap({ preset: "left-hand" });
  assert.deepEqual(["a", "d", "w", "s"].map((key) => meansIn(left, key)), ["move -1", "move 1", "touch", "not-touch"]);
  const jabs = new Keymap({ preset: "jabs" });
  assert.deepEqual(["z", "x", "c"].map((key) => meansIn(jabs, key)), ["range 1", "range -1", "range 0"]);
  assert.deepEqual(["ArrowUp", "ArrowDown"].map((key) => meansIn(jabs, key)), ["move 10", "move -10"]);
});
