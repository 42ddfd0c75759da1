/** JSON from and to the server. */

const JSON_WANTED = { headers: { Accept: "application/json" } };

/**
 * GET JSON. A redirect (a login page) and any error status throw, with the server's own message if it has one.
 * @param {string} url
 * @returns {Promise<any>}
 */
export async function fetchJson(url) {
  const response = await fetch(url, { ...JSON_WANTED, redirect: "error" });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? statusMessage(response.status));
  return answer;
}

/**
 * The options of a request that sends JSON; a redirect is returned, not followed.
 * @param {unknown} body
 * @param {string} token  against cross-site request forgery
 * @returns {RequestInit}
 */
export function postOptions(body, token) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  return { method: "POST", redirect: "manual", body: JSON.stringify(body), headers };
}

/**
 * Why the server does not send a picture or bytes: it explains errors in JSON only.
 * @param {string} url
 * @param {string} otherwise  the message if the server gives none
 */
export async function errorFor(url, otherwise) {
  const response = await fetch(url, JSON_WANTED).catch(() => null);
  const answer = await response?.json().catch(() => ({}));
  return answer?.error ?? otherwise;
}

/** @param {number} status */
export const statusMessage = (status) => `The server answered ${status}.`;

/** The content of one of the page's <meta> elements, or "". @param {string} name */
export const metaContent = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const csrfToken = () => metaContent("csrf-token");
