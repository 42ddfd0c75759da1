/**
 * The full frame of the video around the crop, fetched when it is asked for.
 * @typedef {import("../elements/label-page.js").LabelPage} LabelPage
 */

/** @param {LabelPage} page */
export function showFullFrame(page) {
  const { full_frame_url: first } = page.state;
  if (!first) {
    page.hint("This session does not know its videos");
    return;
  }
  page.playback.stop();
  const dialog = page.querySelector("[data-full-frame]");
  const image = dialog.querySelector("img");
  const says = dialog.querySelector("[data-part=says]");
  const { frame } = page;
  const url = first.replace(/0\.png$/, `${frame}.png`);
  // Until it is there, nothing is to be seen: not the frame that was asked for before.
  image.hidden = true;
  says.textContent = "Reading the video";
  image.onload = () => {
    image.hidden = false;
    says.textContent = `Frame ${frame}. The white line is where the crop is cut.`;
  };
  image.onerror = async () => {
    const reason = await reasonFor(url);
    if (image.src.endsWith(url)) says.textContent = reason;
  };
  image.alt = `The whole video frame ${frame}`;
  image.src = url;
  dialog.showModal();
}

/** Why the server sends no picture: an image cannot tell. @param {string} url */
async function reasonFor(url) {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    const { error } = await response.json();
    return error;
  } catch {
    return "The video's frame cannot be fetched now: try again later.";
  }
}
