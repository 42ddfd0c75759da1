import assert from "node:assert/strict";
import { test } from "node:test";
import { clamp, counted, framePlace } from "../../static/js/lib/frame-place.js";
import { randomId } from "../../static/js/lib/random-id.js";
import { saveSentence, unsentSentences } from "../../static/js/lib/save-sentence.js";
import { SheetCache } from "../../static/js/lib/sheet-cache.js";

test("a frame's time follows from the rate", () => {
  assert.deepEqual(framePlace(412, 1000), { frame: "412", time: "412 ms" });
  assert.deepEqual(framePlace(100, 600), { frame: "100", time: "166.7 ms" });
});

test("counts read well, and places stay between the ends", () => {
  assert.deepEqual([counted(1, "touch", "touches"), counted(3, "touch", "touches"), counted(1234, "frame")], ["1 touch", "3 touches", "1,234 frames"]);
  assert.deepEqual([-1, 5, 99].map((value) => clamp(value, 0, 10)), [0, 5, 10]);
});

test("ids are version 4 UUIDs and differ", () => {
  const ids = Array.from({ length: 100 }, randomId);
  assert.equal(new Set(ids).size, 100);
  assert.ok(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)));
});

test("the page says how much is not saved, and why", () => {
  const says = (state, unsaved, error, unkept) => saveSentence({ state, unsaved, error, unkept });
  assert.equal(says("saved", 0), "All saved");
  assert.equal(says("saving", 3), "3 kept, not saved yet");
  assert.equal(says("saving", 3, "", 1), "3 not saved yet, 1 not kept either");
  assert.equal(says("offline", 3), "Offline: 3 kept, not saved yet; trying again");
  assert.equal(says("signed-out", 3), "Logged out: 3 kept, not saved yet; log in again in another tab");
  assert.equal(says("deactivated", 2), "Account deactivated: 2 kept, not saved yet; sent once an admin reactivates it");
  assert.equal(says("refused", 1, "Reload the page."), "1 kept, not saved yet. Reload the page.");
  assert.equal(says("elsewhere", 0), "Open in another tab: here you only look on");
});

test("what waits in the browser is said for each account", () => {
  const [ada, bob, more] = [{ username: "ada", waiting: 1 }, { username: "bob", waiting: 2 }, { username: "bob", waiting: 3 }];
  assert.deepEqual(unsentSentences([], []), []);
  assert.deepEqual(unsentSentences([ada], [bob, more]),
    ["1 label of other clips is being sent.", "5 labels of account bob wait until bob signs in."]);
});

test("the sheet that was not looked at for longest gives its place", () => {
  const cache = new SheetCache(2);
  assert.deepEqual([cache.find(7), cache.take(7), cache.find(7)], [-1, 0, 0]);
  assert.deepEqual([cache.take(8), cache.find(7)], [1, 0]);
  assert.deepEqual([cache.take(9), cache.find(8), cache.find(7)], [1, -1, 0]);
  cache.clear();
  assert.deepEqual([cache.find(7), cache.take(1)], [-1, 0]);
});
