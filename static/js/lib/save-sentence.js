/**
 * What the page says about what is saved.
 * @param {{state: string, unsaved: number, error?: string}} save
 */
export function saveSentence({ state, unsaved, error = "" }) {
  if (!unsaved) return "All saved";
  switch (state) {
    case "offline":
      return `Offline: ${unsaved} kept in this page, trying again`;
    case "signed-out":
      return "Logged out: log in again in another tab, nothing is lost yet";
    case "refused":
      return `${unsaved} not saved. ${error}`;
    default:
      return `${unsaved} not saved yet`;
  }
}
