/**
 * Sends a batch of operations and says what became of it; never throws.
 * @typedef {import("../lib/saving/operation-sender.js").Answer} Answer
 */

const PATIENCE_MS = 20_000;

export class OperationPost {
  /** @param {{url: string, user: number}} owner */
  constructor({ url, user }) {
    this.url = url;
    this.user = user;
    this.token = contentOf("csrf-token");
  }

  /** @returns {Promise<Answer>} */
  send = async (batch) => {
    const answer = await this.#attempt(batch);
    if (answer.outcome !== "signed-out" || !(await this.#renewToken())) return answer;
    const again = await this.#attempt(batch);
    // Not a matter of who is signed in: the clip is no longer this account's.
    return again.status === 404 && again.error ? { ...again, outcome: "refused", final: true } : again;
  };

  /** A last attempt while the page goes away; its answer is never read. */
  sendAndForget(batch) {
    fetch(this.url, { ...this.#request(batch), keepalive: true }).catch(() => {});
  }

  async #attempt(batch) {
    try {
      const response = await fetch(this.url, { ...this.#request(batch), signal: AbortSignal.timeout(PATIENCE_MS) });
      return await answerFrom(response);
    } catch {
      return { outcome: "offline" };
    }
  }

  #request(batch) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.token };
    const operations = batch.operations.map(({ client, ...operation }) => operation);
    const body = JSON.stringify({ client: batch.client, operations });
    return { method: "POST", headers, body, redirect: "manual" };
  }

  /** Signing in again, in another tab, changes the token; this page then needs the new one. */
  async #renewToken() {
    try {
      const { user, csrf_token: token } = await signedIn();
      // Operations belong to the account that made them, whoever is signed in now.
      if (user !== this.user) return false;
      this.token = token;
      return true;
    } catch {
      return false;
    }
  }
}

/** Who is signed in now, in whatever tab. @returns {Promise<{user: number | null, csrf_token: string}>} */
export async function signedIn() {
  const response = await fetch(contentOf("signed-in-url"), { redirect: "error", headers: { Accept: "application/json" } });
  return response.json();
}

const contentOf = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

/** @returns {Promise<Answer & {status: number}>} */
async function answerFrom(response) {
  const { status } = response;
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  if (response.ok && isJson) return { outcome: "saved", status, receipt: await response.json() };
  if (status >= 500 || status === 408 || status === 429) return { outcome: "offline", status };
  const { error, code } = isJson ? await response.json() : {};
  // The account comes back some day: what it made waits for that.
  if (code === "deactivated") return { outcome: "deactivated", status };
  const needsSignIn = response.type === "opaqueredirect" || response.ok || [401, 403, 404].includes(status);
  if (needsSignIn) return { outcome: "signed-out", status, error };
  // Anything between here and the server may say no; the server says why.
  return { outcome: "refused", status, final: Boolean(error), error: error ?? `The server answered ${status}.` };
}
