/** The server's description of an assignment: written into the page, or fetched. */
import { fetchJson } from "../browser/fetch-json.js";

/** @param {Document} [page] @returns {object} */
export const stateInPage = (page = document) => JSON.parse(page.getElementById("assignment-state").textContent);

/**
 * @param {string} url
 * @returns {Promise<object | null>}
 */
export const fetchState = async (url) => (await fetchJson(url)).state;
