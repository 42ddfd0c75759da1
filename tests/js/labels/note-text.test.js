import assert from "node:assert/strict";
import { test } from "node:test";
import { noteText } from "../../../static/js/lib/labels/note-text.js";

test("a note is trimmed, and contains nothing that cannot be stored", () => {
  assert.deepEqual(noteText("  a hair\0 \ud800 "), { text: "a hair \ufffd" });
  assert.deepEqual(noteText(" \n"), { text: "" });
});

test("a note that is too long is refused with a message", () => {
  assert.deepEqual(noteText("x".repeat(500)), { text: "x".repeat(500) });
  assert.deepEqual(noteText("x".repeat(501)), { problem: "This note has 501 characters. Shorten it to at most 500." });
});
