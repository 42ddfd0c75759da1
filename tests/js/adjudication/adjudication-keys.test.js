import assert from "node:assert/strict";
import { test } from "node:test";
import { deedOf, laneLetter } from "../../../static/js/lib/adjudication/adjudication-keys.js";

const press = (key, held = {}) => ({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });
const page = { nLanes: 3, choosesReasons: false };

test("letters take as many lanes as there are, and keep what else they mean", () => {
  assert.deepEqual(deedOf(press("b"), page), { action: "take", amount: 1 });
  assert.deepEqual(deedOf(press("C"), page), { action: "take", amount: 2 });
  assert.equal(deedOf(press("d"), page), null);
  assert.deepEqual(deedOf(press("m"), { ...page, nLanes: 20 }), { action: "majority" });
  assert.equal(laneLetter(11), "L");
  assert.equal(laneLetter(12), "");
});

test("numbers are reasons only while reasons are chosen", () => {
  assert.deepEqual(deedOf(press("1"), page), { action: "paint", amount: -1 });
  assert.deepEqual(deedOf(press("1"), { ...page, choosesReasons: true }), { action: "reason", amount: 0 });
  assert.deepEqual(deedOf(press("Escape"), { ...page, choosesReasons: true }), { action: "reasons" });
});

test("Shift paints, and what is the browser's stays the browser's", () => {
  assert.deepEqual(deedOf(press("ArrowUp", { shiftKey: true }), page), { action: "paint-on", amount: 1 });
  assert.deepEqual(deedOf(press("N", { shiftKey: true }), page), { action: "step", amount: -1 });
  assert.equal(deedOf(press("a", { ctrlKey: true }), page), null);
});
