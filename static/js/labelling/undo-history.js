/**
 * Asks the server what earlier pages did to the clip, so that it can be undone here. Nobody
 * waits for it: labels and keys work meanwhile.
 * @param {string} url
 * @param {import("../lib/labels/clip-labels.js").ClipLabels} labels
 */
export async function recallHistory(url, labels) {
  // A clip that one comes back to knows already.
  if (labels.isRecalled) return;
  labels.isRecalled = true;
  labels.isRecalling = true;
  try {
    const response = await fetch(url, { redirect: "manual" });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    labels.recall((await response.json()).operations);
  } catch {
    // Without it, what this page does can still be undone.
    labels.isRecalling = labels.isRecalled = false;
  }
}
