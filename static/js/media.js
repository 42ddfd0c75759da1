/** Frames and scores as the server sends them: raw bytes, never JSON. */

/**
 * @param {{url: string, start: number, stop: number, height: number, width: number}} block
 * @returns {Promise<Uint8Array>}  frame after frame, row after row
 */
export async function fetchFrames(block) {
  const bytes = await fetchBytes(block.url, (block.stop - block.start) * block.height * block.width);
  return new Uint8Array(bytes);
}

/**
 * @param {string} url
 * @param {number} nFrames
 * @returns {Promise<Float32Array>}
 */
export async function fetchScores(url, nFrames) {
  return new Float32Array(await fetchBytes(url, nFrames * Float32Array.BYTES_PER_ELEMENT));
}

async function fetchBytes(url, length) {
  const accept = "application/octet-stream, application/json";
  const response = await fetch(url, { redirect: "error", headers: { Accept: accept } });
  if (!response.ok) throw new Error(await sentenceOf(response));
  const bytes = await response.arrayBuffer();
  if (bytes.byteLength !== length) {
    throw new Error(`Expected ${length} bytes, found ${bytes.byteLength}.`);
  }
  return bytes;
}

/** What the server says went wrong, in its own sentence where it has one. */
async function sentenceOf(response) {
  const answer = await response.json().catch(() => ({}));
  return answer.error ?? `The server answered ${response.status}.`;
}
