/** Reads sessions as JSON from stdin, and writes the number of key actions of each to stdout. */
import { readFileSync } from "node:fs";
import { ourKeyActions, touchKeyActions, whaccKeyActions } from "../js/labelling/key-models.js";

const sessions = JSON.parse(readFileSync(0, "utf8"));
const rows = Object.entries(sessions).map(([name, truth]) => {
  const whacc = whaccKeyActions(truth);
  const ours = [ourKeyActions(truth), ourKeyActions(truth, 2)];
  for (const { labels } of ours) {
    if (JSON.stringify(labels) !== JSON.stringify(whacc.labels)) throw new Error(`${name}: the labels differ`);
  }
  return { name, frames: whacc.labels.length, whacc: whacc.keyActions, exact: ours[0].keyActions, careful: ours[1].keyActions };
});
process.stdout.write(JSON.stringify({ touch: touchKeyActions(15).keyActions, rows }));
