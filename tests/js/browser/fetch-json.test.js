import assert from "node:assert/strict";
import { test } from "node:test";
import { errorFor, fetchJson, postOptions } from "../../../static/js/browser/fetch-json.js";

/** Answer every request with a status and a body. */
function answerWith(t, status, body) {
  const requests = [];
  t.mock.method(globalThis, "fetch", async (url, options) => {
    requests.push([url, options]);
    return new Response(body, { status });
  });
  return requests;
}

test("JSON is requested without following redirects", async (t) => {
  const requests = answerWith(t, 200, '{"lanes": []}');

  assert.deepEqual(await fetchJson("/lanes/"), { lanes: [] });
  assert.deepEqual(requests, [["/lanes/", { headers: { Accept: "application/json" }, redirect: "error" }]]);
});

test("an error status throws with the server's message, or with the status", async (t) => {
  answerWith(t, 404, '{"error": "No such clip."}');
  await assert.rejects(fetchJson("/"), /^Error: No such clip\.$/u);
  t.mock.restoreAll();
  answerWith(t, 500, "{}");
  await assert.rejects(fetchJson("/"), /^Error: The server answered 500\.$/u);
});

test("the reason for a missing picture is the server's message, or the given one", async (t) => {
  answerWith(t, 404, '{"error": "The video is missing."}');
  assert.equal(await errorFor("/", "Try again."), "The video is missing.");
  t.mock.restoreAll();
  answerWith(t, 502, "<html>");
  assert.equal(await errorFor("/", "Try again."), "Try again.");
});

test("a post carries JSON and the token", () => {
  assert.deepEqual(postOptions({ a: 1 }, "secret"), {
    method: "POST", redirect: "manual", body: '{"a":1}',
    headers: { "Content-Type": "application/json", "X-CSRFToken": "secret" },
  });
});
