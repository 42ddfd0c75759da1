import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyPresses } from "../../../static/js/lib/keys/key-presses.js";
import { Keymap } from "../../../static/js/lib/keys/keymap.js";

const NONE_HELD = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, repeat: false };
const RIGHT_SHIFT = { ...NONE_HELD, key: "Shift", code: "ShiftRight", shiftKey: true };

function listening() {
  const seen = [];
  const presses = new KeyPresses({
    keymap: new Keymap(),
    onRow: ({ id }, repeat) => seen.push(repeat ? `${id} again` : id),
    onGestureEnd: () => seen.push("gesture ends"),
  });
  return { presses, seen };
}

test("a held key repeats moves and never labels", () => {
  const { presses, seen } = listening();
  for (const [key, code] of [["ArrowRight", "ArrowRight"], ["ArrowUp", "ArrowUp"]]) {
    assert.equal(presses.down({ ...NONE_HELD, key, code }), true);
    assert.equal(presses.down({ ...NONE_HELD, key, code, repeat: true }), true);
  }

  assert.deepEqual(seen, ["move 1", "move 1 again", "touch"]);
});

test("the right Shift counts when it is released alone, not with another key", () => {
  const { presses, seen } = listening();
  presses.down(RIGHT_SHIFT);
  assert.equal(presses.up(RIGHT_SHIFT), true);
  presses.down(RIGHT_SHIFT);
  presses.down({ ...NONE_HELD, key: "ArrowLeft", code: "ArrowLeft", shiftKey: true });
  assert.equal(presses.up(RIGHT_SHIFT), false);

  assert.deepEqual(seen, ["gesture ends", "move 10", "paint -1", "gesture ends"]);
});

test("a key that belongs to something else does nothing", () => {
  const { presses, seen } = listening();
  assert.equal(presses.down({ ...NONE_HELD, key: "ArrowUp", code: "ArrowUp" }, true), false);
  assert.deepEqual(seen, []);
});
