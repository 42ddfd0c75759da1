/**
 * The full video frame around the crop, fetched when the annotator opens it.
 * @typedef {import("../elements/label-page.js").LabelPage} LabelPage
 */
import { errorFor } from "../browser/fetch-json.js";

/** @param {LabelPage} page */
export function showFullFrame(page) {
  const { full_frame_url: first } = page.state;
  if (!first) {
    page.hint("This session has no link to its videos");
    return;
  }
  page.playback.stop();
  const dialog = page.querySelector("[data-full-frame]");
  const image = dialog.querySelector("img");
  const caption = dialog.querySelector("[data-part=says]");
  const { frame } = page;
  const url = first.replace(/0\.png$/, `${frame}.png`);
  // Until it arrives, do not show the previous frame.
  image.hidden = true;
  caption.textContent = "Reading the video";
  image.onload = () => {
    image.hidden = false;
    caption.textContent = `Frame ${frame}. The white line marks the crop.`;
  };
  image.onerror = async () => {
    const reason = await errorFor(url, "The video frame could not be fetched. Try again later.");
    if (image.src.endsWith(url)) caption.textContent = reason;
  };
  image.alt = `The whole video frame ${frame}`;
  image.src = url;
  dialog.showModal();
}
