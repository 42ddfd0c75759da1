/**
 * What the page says about what is saved: "kept" is in this browser's database and survives a
 * killed tab, "saved" is on the server.
 * @param {{state: string, unsaved: number, unkept?: number, error?: string}} save
 */
export function saveSentence({ state, unsaved, unkept = 0, error = "" }) {
  if (state === "elsewhere") return "Open in another tab: here you only look on";
  if (!unsaved) return "All saved";
  const kept = unkept ? `${unsaved} not saved yet, ${unkept} not kept either` : `${unsaved} kept, not saved yet`;
  switch (state) {
    case "offline":
      return `Offline: ${kept}; trying again`;
    case "signed-out":
      return `Logged out: ${kept}; log in again in another tab`;
    case "deactivated":
      return `Account deactivated: ${kept}; sent once an admin reactivates it`;
    case "refused":
      return `${kept}. ${error}`;
    default:
      return kept;
  }
}

/**
 * What waits in this browser for clips that are not open.
 * @param {{waiting: number}[]} own
 * @param {{username: string, waiting: number}[]} others
 * @returns {string[]}
 */
export function unsentSentences(own, others) {
  const sum = (owners) => owners.reduce((total, { waiting }) => total + waiting, 0);
  const labels = (count) => `${count.toLocaleString("en")} ${count === 1 ? "label" : "labels"}`;
  const sentences = own.length ? [`${labels(sum(own))} of other clips ${sum(own) === 1 ? "is" : "are"} being sent.`] : [];
  for (const username of new Set(others.map((each) => each.username))) {
    const count = sum(others.filter((each) => each.username === username));
    sentences.push(`${labels(count)} of account ${username} ${count === 1 ? "waits" : "wait"} until ${username} signs in.`);
  }
  return sentences;
}
