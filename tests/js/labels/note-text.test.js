import assert from "node:assert/strict";
import { test } from "node:test";
import { noteText } from "../../../static/js/lib/labels/note-text.js";

test("a note is trimmed, and holds nothing that cannot be stored", () => {
  assert.deepEqual(noteText("  a hair\0 \ud800 "), { text: "a hair \ufffd" });
  assert.deepEqual(noteText(" \n"), { text: "" });
});

test("a note that is too long is refused in a sentence", () => {
  assert.deepEqual(noteText("x".repeat(500)), { text: "x".repeat(500) });
  assert.deepEqual(noteText("x".repeat(501)), { problem: "A note takes at most 500 characters, this has 501: shorten it." });
});
