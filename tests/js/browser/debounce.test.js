import assert from "node:assert/strict";
import { test } from "node:test";
import { Debounce } from "../../../static/js/browser/debounce.js";

const NOW = { pauseMs: 0, latestMs: 0 };
const atOnce = (work) => work();
const tick = () => new Promise((resolve) => { setTimeout(resolve, 5); });

test("several requests run the work once, and a later request runs it again", async () => {
  let runs = 0;
  const debounce = new Debounce(() => { runs += 1; }, NOW, atOnce);
  for (let i = 0; i < 3; i += 1) debounce.request();
  assert.equal(runs, 0);
  await tick();
  assert.equal(runs, 1);
  debounce.request();
  await tick();
  assert.equal(runs, 2);
});

test("a cancelled request does not run, even if its time has come", async () => {
  let runs = 0;
  const due = [];
  const debounce = new Debounce(() => { runs += 1; }, NOW, (work) => due.push(work));
  debounce.request();
  debounce.cancel();
  await tick();
  assert.equal(due.length, 0);
  debounce.request();
  await tick();
  debounce.cancel();
  due[0]();
  assert.equal(runs, 0);
});
