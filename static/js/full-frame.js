/**
 * The full frame of the video around the crop, fetched when it is asked for.
 * @typedef {import("./elements/label-page.js").LabelPage} LabelPage
 */

/** @param {LabelPage} page */
export function showFullFrame(page) {
  const { full_frame_url: url } = page.state;
  if (!url) {
    page.hint("This session does not know its videos");
    return;
  }
  page.playback.stop();
  const dialog = page.querySelector("[data-full-frame]");
  const image = dialog.querySelector("img");
  const says = dialog.querySelector("[data-part=says]");
  const { frame } = page;
  says.textContent = "Reading the video";
  image.onload = () => { says.textContent = `Frame ${frame}. The white line is where the crop is cut.`; };
  image.onerror = () => { says.textContent = "The video's frame cannot be read now: it was moved, renamed or damaged."; };
  image.alt = `The whole video frame ${frame}`;
  image.src = url.replace(/0\.png$/, `${frame}.png`);
  dialog.showModal();
}
