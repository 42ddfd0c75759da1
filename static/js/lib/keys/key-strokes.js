/**
 * Strokes: what is pressed at once. As text, in presets and in the account's key map, a stroke
 * is what is held, what the key prints, and where it lies if that does not follow from an ANSI
 * keyboard: "Shift+ArrowUp", "u", "ö[Semicolon]", "[ShiftRight]".
 * @typedef {{key: string, code: string, shift: boolean, control: boolean, alt: boolean}} Stroke
 * @typedef {{key: string, code: string, shiftKey: boolean, ctrlKey: boolean, metaKey: boolean,
 *   altKey: boolean, altGraph?: boolean}} Press
 */

const SHAPE = /^((?:(?:Ctrl|Alt|Shift)\+)*)(.*?)(?:\[(\w+)\])?$/su;
const PLACES = {
  ",": "Comma", ".": "Period", ";": "Semicolon", "'": "Quote", "[": "BracketLeft", "]": "BracketRight", "`": "Backquote",
  "-": "Minus", "=": "Equal", "/": "Slash", "\\": "Backslash",
};
const SHOWN = {
  ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", " ": "Space", Escape: "Esc", PageUp: "Page Up", PageDown: "Page Down",
};
const MODIFIERS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Fn", "OS"]);
const UNPRINTED = new Set(["Dead", "Unidentified", "Process"]);
/** What browsers take before a page hears it, or what people need of their browser. */
const BROWSER_CONTROL = new Set([..."acdfhjklnopqrstuvwx0123456789+-=", "Tab", "PageUp", "PageDown", "F4"]);
const BROWSER_ALT = new Set(["ArrowLeft", "ArrowRight", "Home", "F4", "Tab", " "]);
const BROWSER_BARE = new Set(["Tab", "F1", "F3", "F5", "F6", "F7", "F10", "F11", "F12", "ContextMenu"]);

/** @param {string} text @returns {Stroke} */
export function parseStroke(text) {
  const [, held, key, code] = SHAPE.exec(text);
  const has = (name) => held.includes(`${name}+`);
  return { key, code: code ?? placeOf(key), shift: has("Shift"), control: has("Ctrl"), alt: has("Alt") };
}

/** Where a key lies that prints this on an ANSI keyboard; "" where it has no place of its own. */
function placeOf(key) {
  if (/^[a-z]$/u.test(key)) return `Key${key.toUpperCase()}`;
  return /^\d$/u.test(key) ? `Digit${key}` : PLACES[key] ?? "";
}

/**
 * The stroke that somebody pressed, as text; null while only modifiers are down.
 * @param {Press} press
 */
export function strokeOf({ key, code, shiftKey, ctrlKey, metaKey, altKey, altGraph = false }) {
  if (code === "ShiftRight") return "[ShiftRight]";
  if (MODIFIERS.has(key)) return null;
  const held = altGraph ? "" : `${ctrlKey || metaKey ? "Ctrl+" : ""}${altKey ? "Alt+" : ""}`;
  const prints = UNPRINTED.has(key) ? "" : key.length === 1 ? key.toLowerCase() : key;
  const lies = prints.length > 1 || prints === " " || placeOf(prints) === code ? "" : `[${code}]`;
  return `${held}${shiftKey ? "Shift+" : ""}${prints}${lies}`;
}

/** What a stroke is found under by what the key prints; "" if it prints nothing. @param {Stroke} stroke */
export function printedName({ key, shift, control, alt }) {
  if (!key) return "";
  return `${control ? "Ctrl+" : ""}${alt ? "Alt+" : ""}${shift && heedsShift(key, control || alt) ? "Shift+" : ""}${key}`;
}

/** What a stroke is found under by where the key lies; "" if that does not matter. @param {Stroke} stroke */
export function placedName({ code, shift, control, alt }) {
  if (!code) return "";
  return `${control ? "Ctrl+" : ""}${alt ? "Alt+" : ""}${shift && code !== "ShiftRight" ? "Shift+" : ""}[${code}]`;
}

/**
 * What a character takes to be typed differs between layouts: "?" and "[" count however they
 * came about. Letters, named keys and combinations heed Shift.
 */
const heedsShift = (key, combined) => combined || key.length > 1 || key === " " || key.toLowerCase() !== key.toUpperCase();

/** A stroke as the caps of its keys. @param {Stroke} stroke @returns {string[]} */
export function keyCaps({ key, code, shift, control, alt }) {
  if (code === "ShiftRight") return ["right Shift"];
  const cap = SHOWN[key] ?? (key.length === 1 ? key.toUpperCase() : key || code);
  const shown = shift && (!key || heedsShift(key, control || alt));
  return [control && "Ctrl", alt && "Alt", shown && "Shift", cap].filter(Boolean);
}

/** Why nobody may bind this stroke, or null. @param {Stroke} stroke */
export function whyReserved(stroke) {
  const { key, control, alt } = stroke;
  const caps = keyCaps(stroke).join(" ");
  if (key === "Escape") return "Esc gives up a range and closes dialogs: choose another key.";
  const browsers = control ? BROWSER_CONTROL.has(key) : alt ? BROWSER_ALT.has(key) : BROWSER_BARE.has(key);
  return browsers ? `${caps} belongs to the browser: choose another key.` : null;
}
