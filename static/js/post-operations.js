/**
 * Sends a batch of operations and says what became of it; never throws.
 * @typedef {import("./lib/operation-sender.js").Answer} Answer
 */

const PATIENCE_MS = 20_000;

export class OperationPost {
  /** @param {{url: string, user: number}} parts */
  constructor({ url, user }) {
    this.url = url;
    this.user = user;
    this.token = tokenOf(document);
  }

  /** @returns {Promise<Answer>} */
  send = async (batch) => {
    const answer = await this.#attempt(batch);
    if (answer.outcome !== "signed-out" || !(await this.#renewToken())) return answer;
    return this.#attempt(batch);
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
      const response = await fetch(location.href, { redirect: "manual" });
      if (!response.ok) return false;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const state = page.getElementById("assignment-state");
      // Operations belong to the account that made them, whoever is signed in now.
      if (!state || JSON.parse(state.textContent).user !== this.user) return false;
      this.token = tokenOf(page);
      return true;
    } catch {
      return false;
    }
  }
}

const tokenOf = (page) => page.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** @returns {Promise<Answer>} */
async function answerFrom(response) {
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  if (response.ok && isJson) return { outcome: "saved", receipt: await response.json() };
  if (response.status >= 500 || response.status === 408 || response.status === 429) return { outcome: "offline" };
  const needsSignIn = response.type === "opaqueredirect" || response.ok || [401, 403, 404].includes(response.status);
  if (needsSignIn) return { outcome: "signed-out" };
  return { outcome: "refused", error: isJson ? (await response.json()).error : `The server answered ${response.status}.` };
}
