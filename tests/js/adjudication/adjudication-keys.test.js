import assert from "node:assert/strict";
import { test } from "node:test";
import { actionFor, laneLetter } from "../../../static/js/lib/adjudication/adjudication-keys.js";

const press = (key, held = {}) => ({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });
const page = { nLanes: 3, choosesReasons: false };

test("letters take as many lanes as there are, and otherwise keep their action", () => {
  assert.deepEqual(actionFor(press("b"), page), { action: "take", amount: 1 });
  assert.deepEqual(actionFor(press("C"), page), { action: "take", amount: 2 });
  assert.equal(actionFor(press("d"), page), null);
  assert.deepEqual(actionFor(press("m"), { ...page, nLanes: 20 }), { action: "majority" });
  assert.equal(laneLetter(11), "L");
  assert.equal(laneLetter(12), "");
});

test("numbers are reasons only while reasons are chosen", () => {
  assert.deepEqual(actionFor(press("1"), page), { action: "paint", amount: -1 });
  assert.deepEqual(actionFor(press("1"), { ...page, choosesReasons: true }), { action: "reason", amount: 0 });
  assert.deepEqual(actionFor(press("Escape"), { ...page, choosesReasons: true }), { action: "reasons" });
});

test("Shift paints, and the browser's combinations are left alone", () => {
  assert.deepEqual(actionFor(press("ArrowUp", { shiftKey: true }), page), { action: "paint-on", amount: 1 });
  assert.deepEqual(actionFor(press("N", { shiftKey: true }), page), { action: "step", amount: -1 });
  assert.equal(actionFor(press("a", { ctrlKey: true }), page), null);
});
