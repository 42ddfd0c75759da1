/**
 * DOM writes that cost nothing when nothing changes. Text changes in its node: a new node would
 * make the browser search the whole page for styles that depend on it.
 */

/** @param {Element} element  contains only text @param {string} text */
export function write(element, text) {
  const { firstChild } = element;
  if (!(firstChild instanceof Text)) element.textContent = text;
  else if (firstChild.data !== text) firstChild.data = text;
}

/** @param {HTMLElement} element @param {boolean} isHidden */
export function hide(element, isHidden) {
  if (element.hidden !== isHidden) element.hidden = isHidden;
}
