/**
 * Writing that costs nothing where nothing changes. Text is changed in its node: a new node would
 * make the browser look through the whole page for what its styles depend on.
 */

/** @param {Element} element  holds text alone @param {string} text */
export function write(element, text) {
  const { firstChild } = element;
  if (!(firstChild instanceof Text)) element.textContent = text;
  else if (firstChild.data !== text) firstChild.data = text;
}

/** @param {HTMLElement} element @param {boolean} isHidden */
export function hide(element, isHidden) {
  if (element.hidden !== isHidden) element.hidden = isHidden;
}
