/**
 * What the page says about saving: "stored" is in this browser's database and survives a killed
 * tab, "saved" is on the server.
 * @param {{state: string, unsaved: number, unstored?: number, error?: string}} save
 */
export function saveMessage({ state, unsaved, unstored = 0, error = "" }) {
  if (state === "elsewhere") return "Open in another tab: read-only here";
  if (!unsaved) return "All saved";
  const stored = unstored
    ? `${unsaved} not yet on the server; ${unstored} not stored in this browser`
    : `${labels(unsaved)} stored on this device`;
  switch (state) {
    case "offline":
      return `Offline: ${stored}, retrying`;
    case "signed-out":
      return `Logged out: ${stored}; log in again in another tab`;
    case "deactivated":
      return `Account deactivated: ${stored}; sent once an admin reactivates it`;
    case "refused":
      return `${stored}. ${error}`;
    default:
      return unstored ? stored : `Saving ${labels(unsaved)}`;
  }
}

const labels = (count) => `${count.toLocaleString("en")} ${count === 1 ? "label" : "labels"}`;

/**
 * Messages about labels in this browser that belong to clips that are not open.
 * @param {{waiting: number}[]} own
 * @param {{username: string, waiting: number}[]} others
 * @returns {string[]}
 */
export function unsentMessages(own, others) {
  const sum = (owners) => owners.reduce((total, { waiting }) => total + waiting, 0);
  const count = sum(own);
  const messages = own.length ? [`${labels(count)} of other clips ${count === 1 ? "is" : "are"} being sent.`] : [];
  for (const username of new Set(others.map((each) => each.username))) {
    const waiting = sum(others.filter((each) => each.username === username));
    const wait = waiting === 1 ? "waits" : "wait";
    messages.push(`${labels(waiting)} of account ${username} ${wait} until ${username} logs in.`);
  }
  return messages;
}
