import assert from "node:assert/strict";
import { test } from "node:test";

import { validPreferences } from "../../../static/js/labelling/preferences.js";

test("only valid stored preferences are used", () => {
  const { count, zoom, crisp, contrast, msPerFrame, other } = validPreferences({
    count: 8, zoom: 6, crisp: "yes", contrast: 99, msPerFrame: 1, other: 1,
  });
  assert.deepEqual({ count, zoom, crisp, contrast, msPerFrame, other }, {
    count: 7, zoom: 6, crisp: true, contrast: 0, msPerFrame: 1, other: undefined,
  });
});
