/**
 * Fetches what earlier pages did to the clip, so that it can be undone here. Labels and keys work
 * meanwhile.
 * @param {string} url
 * @param {import("../lib/labels/clip-labels.js").ClipLabels} labels
 */
import { fetchJson } from "../browser/fetch-json.js";

export async function recallHistory(url, labels) {
  // A clip that is shown again has its history already.
  if (labels.isRecalled) return;
  labels.isRecalled = true;
  labels.isRecalling = true;
  try {
    labels.recall((await fetchJson(url)).operations);
  } catch {
    // Without it, the changes of this page can still be undone.
    labels.isRecalling = labels.isRecalled = false;
  }
}
