import assert from "node:assert/strict";
import { test } from "node:test";
import { saveMessage, unsentMessages } from "../../../static/js/lib/saving/save-message.js";

test("the message says how much is not saved, and why", () => {
  const message = (state, unsaved, error, unstored) => saveMessage({ state, unsaved, error, unstored });
  assert.equal(message("saved", 0), "All saved");
  assert.equal(message("saving", 3), "Saving 3 labels");
  assert.equal(message("saving", 3, "", 1), "3 not yet on the server; 1 not stored in this browser");
  assert.equal(message("offline", 3), "Offline: 3 labels stored on this device, retrying");
  assert.equal(message("signed-out", 3), "Logged out: 3 labels stored on this device; log in again in another tab");
  assert.equal(message("deactivated", 2),
    "Account deactivated: 2 labels stored on this device; sent once an admin reactivates it");
  assert.equal(message("refused", 1, "Reload the page."), "1 label stored on this device. Reload the page.");
  assert.equal(message("elsewhere", 0), "Open in another tab: read-only here");
});

test("labels that wait in the browser are listed by account", () => {
  const ada = { username: "ada", waiting: 1 };
  const [bob, more] = [{ username: "bob", waiting: 2 }, { username: "bob", waiting: 3 }];
  assert.deepEqual(unsentMessages([], []), []);
  assert.deepEqual(unsentMessages([ada], [bob, more]),
    ["1 label of other clips is being sent.", "5 labels of account bob wait until bob logs in."]);
});
