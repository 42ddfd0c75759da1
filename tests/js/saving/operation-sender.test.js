import assert from "node:assert/strict";
import { test } from "node:test";
import { OperationQueue } from "../../../static/js/lib/saving/operation-queue.js";
import { OperationSender, retryDelayMs } from "../../../static/js/lib/saving/operation-sender.js";

/** A server that stores each operation once, and whose answers can be lost. */
class Server {
  log = [];

  /** @param {string[]} fates  what happens to each request in turn; "ok" after the last */
  constructor(fates = []) {
    this.fates = fates;
    this.requests = [];
  }

  answer = async ({ operations }) => {
    this.requests.push(operations.map(({ id }) => id));
    const fate = this.fates.shift() ?? "ok";
    if (fate === "refused") return { outcome: "refused", error: "Expected frames of the clip." };
    const bad = operations.filter(({ id }) => id === this.bad);
    if (fate === "no batch" && bad.length) return { outcome: "refused", final: true, error: "Too much at once." };
    if (fate === "offline" || fate === "signed-out") return { outcome: fate };
    const good = operations.filter(({ id }) => id !== this.bad);
    for (const { id } of good) if (!this.log.includes(id)) this.log.push(id);
    if (fate === "answer lost") return { outcome: "offline" };
    const acknowledged = fate === "silent" ? [] : good.map(({ id }) => ({ id, revision: 1, applied: true }));
    const refused = bad.map(({ id }) => ({ id, error: "Expected a label." }));
    return { outcome: "saved", receipt: { revision: this.log.length, acknowledged, refused, labels: null } };
  };
}

function sending(server) {
  let made = 0;
  const states = [];
  const receipts = [];
  const pauses = [];
  const queue = new OperationQueue({ client: "page", newId: () => `op${(made += 1)}`, now: () => new Date(0) });
  const sender = new OperationSender({
    queue,
    post: server.answer,
    pause: async (ms) => void pauses.push(ms),
    onReceipt: (receipt) => receipts.push(receipt),
    onChange: () => states.push(`${sender.state} ${queue.unsaved}`),
  });
  const label = () => queue.add({ runs: [[0, 1, 1]], revision: 0, suggestionShown: false });
  return { queue, sender, states, receipts, pauses, label };
}

test("waiting operations are sent in order until all are saved", async () => {
  const server = new Server();
  const { sender, queue, states, receipts, label } = sending(server);
  label();
  label();

  await sender.send();

  assert.deepEqual(server.log, ["op1", "op2"]);
  assert.deepEqual(states, ["saving 2", "saved 0"]);
  assert.deepEqual(receipts.map(({ revision }) => revision), [2]);
  assert.equal(queue.unsaved, 0);
});

test("operations made during a request go together with the next one", async () => {
  const server = new Server();
  const { sender, label } = sending(server);
  label();

  const sent = sender.send();
  label();
  sender.send();
  label();
  await sent;

  assert.deepEqual(server.requests, [["op1"], ["op2", "op3"]]);
});

test("each operation arrives once and in order, whatever fails", async () => {
  const server = new Server(["offline", "answer lost", "signed-out", "refused", "silent"]);
  const { sender, queue, label, pauses } = sending(server);
  for (let i = 0; i < 5; i += 1) label();

  await sender.send();

  assert.deepEqual(server.log, ["op1", "op2", "op3", "op4", "op5"]);
  assert.equal(server.requests.length, 6);
  assert.equal(pauses.length, 5);
  assert.equal(queue.unsaved, 0);
  assert.equal(sender.state, "saved");
});

test("a failure stays visible until a request succeeds", async () => {
  const server = new Server(["offline", "signed-out", "refused"]);
  const { sender, states, label } = sending(server);
  label();

  await sender.send();

  assert.deepEqual(states, ["saving 1", "offline 1", "signed-out 1", "refused 1", "saved 0"]);
});

test("a refused operation does not delay others", async () => {
  const server = new Server();
  server.bad = "op2";
  const { sender, queue, label, receipts, pauses } = sending(server);
  for (let i = 0; i < 4; i += 1) label();

  await sender.send();

  assert.deepEqual(server.log, ["op1", "op3", "op4"]);
  assert.deepEqual(receipts.map(({ refused }) => refused), [[{ id: "op2", error: "Expected a label." }]]);
  assert.deepEqual([queue.unsaved, pauses.length, sender.state], [0, 0, "saved"]);
});

test("of a batch that the server refuses, all but the operation at fault arrive, in order", async () => {
  const server = new Server(Array(20).fill("no batch"));
  server.bad = "op5";
  const { sender, queue, label, receipts } = sending(server);
  for (let i = 0; i < 8; i += 1) label();

  await sender.send();

  assert.deepEqual(server.log, ["op1", "op2", "op3", "op4", "op6", "op7", "op8"]);
  assert.deepEqual(receipts.flatMap(({ refused }) => refused), [{ id: "op5", error: "Too much at once." }]);
  assert.equal(queue.unsaved, 0);
});

test("a stopped sender sends nothing more", async () => {
  const server = new Server(["offline"]);
  const { sender, queue, label } = sending(server);
  sender.pause = (ms, wake) => wake;
  label();

  const sent = sender.send();
  sender.stop();
  await sent;
  await sender.retryNow();

  assert.deepEqual([server.log, queue.unsaved], [[], 1]);
});

test("a pause ends early when the network may be back", async () => {
  const server = new Server(["offline"]);
  const { sender, queue, label } = sending(server);
  sender.pause = (ms, wake) => wake;
  label();

  const sent = sender.send();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(queue.unsaved, 1);
  sender.retryNow();
  await sent;

  assert.equal(queue.unsaved, 0);
});

test("pauses double from half a second to fifteen, plus or minus a quarter", () => {
  assert.deepEqual([1, 2, 3, 5, 6, 40].map((n) => retryDelayMs(n, 0.5)), [500, 1000, 2000, 8000, 15000, 15000]);
  assert.deepEqual([0, 1].map((spread) => retryDelayMs(1, spread)), [375, 625]);
});
