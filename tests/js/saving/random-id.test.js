import assert from "node:assert/strict";
import { test } from "node:test";
import { randomId } from "../../../static/js/lib/saving/random-id.js";

test("ids are version 4 UUIDs and differ", () => {
  const ids = Array.from({ length: 100 }, randomId);
  assert.equal(new Set(ids).size, 100);
  assert.ok(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)));
});
