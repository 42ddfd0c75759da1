/** What the server knows of an assignment: written into the page, or asked for. */

/** @returns {object} */
export const writtenState = () => JSON.parse(document.getElementById("assignment-state").textContent);

/**
 * @param {string} url
 * @returns {Promise<object | null>}
 */
export async function fetchState(url) {
  const response = await fetch(url, { redirect: "error", headers: { Accept: "application/json" } });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer.state;
}
