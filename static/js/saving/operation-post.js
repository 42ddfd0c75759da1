/**
 * Sends a batch of operations and returns the outcome; never throws.
 * @typedef {import("../lib/saving/operation-sender.js").Answer} Answer
 */
import { csrfToken, fetchJson, metaContent, postOptions, statusMessage } from "../browser/fetch-json.js";

const TIMEOUT_MS = 20_000;

export class OperationPost {
  /** @param {{url: string, user: number}} owner */
  constructor({ url, user }) {
    this.url = url;
    this.user = user;
    this.token = csrfToken();
  }

  /** @returns {Promise<Answer>} */
  send = async (batch) => {
    const answer = await this.#attempt(batch);
    if (answer.outcome !== "signed-out" || !(await this.#renewToken())) return answer;
    const again = await this.#attempt(batch);
    // The right account is signed in: the clip is no longer assigned to it.
    return again.status === 404 && again.error ? { ...again, outcome: "refused", final: true } : again;
  };

  /** A last attempt while the page closes; the answer is never read. */
  sendAndForget(batch) {
    fetch(this.url, { ...this.#request(batch), keepalive: true }).catch(() => {});
  }

  async #attempt(batch) {
    try {
      const response = await fetch(this.url, { ...this.#request(batch), signal: AbortSignal.timeout(TIMEOUT_MS) });
      return await outcomeOf(response);
    } catch {
      return { outcome: "offline" };
    }
  }

  #request(batch) {
    const operations = batch.operations.map(({ client, ...operation }) => operation);
    return postOptions({ client: batch.client, operations }, this.token);
  }

  /** Signing in again, in another tab, changes the token; this page then needs the new one. */
  async #renewToken() {
    try {
      const { user, csrf_token: token } = await fetchJson(metaContent("signed-in-url"));
      // Operations belong to the account that made them, whichever account is signed in now.
      if (user !== this.user) return false;
      this.token = token;
      return true;
    } catch {
      return false;
    }
  }
}

/** @returns {Promise<Answer & {status: number}>} */
async function outcomeOf(response) {
  const { status } = response;
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  if (response.ok && isJson) return { outcome: "saved", status, receipt: await response.json() };
  if (status >= 500 || status === 408 || status === 429) return { outcome: "offline", status };
  const { error, code } = isJson ? await response.json() : {};
  // An admin may reactivate the account: its operations stay until then.
  if (code === "deactivated") return { outcome: "deactivated", status };
  const needsSignIn = response.type === "opaqueredirect" || response.ok || [401, 403, 404].includes(status);
  if (needsSignIn) return { outcome: "signed-out", status, error };
  // A proxy may refuse too; only the server gives a reason.
  return { outcome: "refused", status, final: Boolean(error), error: error ?? statusMessage(status) };
}
