import assert from "node:assert/strict";
import { test } from "node:test";

import { fitting } from "../../../static/js/labelling/preferences.js";

test("what was stored is taken up where it fits, and nothing else", () => {
  const { count, zoom, crisp, contrast, msPerFrame, other } = fitting({
    count: 8, zoom: 6, crisp: "yes", contrast: 99, msPerFrame: 1, other: 1,
  });
  assert.deepEqual({ count, zoom, crisp, contrast, msPerFrame, other }, {
    count: 7, zoom: 6, crisp: true, contrast: 0, msPerFrame: 1, other: undefined,
  });
});
