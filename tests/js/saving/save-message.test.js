import assert from "node:assert/strict";
import { test } from "node:test";
import { saveSentence, unsentSentences } from "../../../static/js/lib/saving/save-message.js";

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
