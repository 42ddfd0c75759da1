/**
 * Strokes: keys that are pressed together. As text, in presets and in the account's key map, a stroke
 * is its modifiers, the character of the key, and the key's code unless it follows from an ANSI
 * keyboard: "Shift+ArrowUp", "u", "ö[Semicolon]", "[ShiftRight]".
 * @typedef {{key: string, code: string, shift: boolean, control: boolean, alt: boolean}} Stroke
 * @typedef {{key: string, code: string, shiftKey: boolean, ctrlKey: boolean, metaKey: boolean,
 *   altKey: boolean, altGraph?: boolean}} Press
 */

const SHAPE = /^((?:(?:Ctrl|Alt|Shift)\+)*)(.*?)(?:\[(\w+)\])?$/su;
const CODES = {
  ",": "Comma", ".": "Period", ";": "Semicolon", "'": "Quote", "[": "BracketLeft", "]": "BracketRight",
  "`": "Backquote", "-": "Minus", "=": "Equal", "/": "Slash", "\\": "Backslash",
};
const CAPTIONS = {
  ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", " ": "Space", Escape: "Esc",
  PageUp: "Page Up", PageDown: "Page Down",
};
const MODIFIERS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Fn", "OS"]);
const UNPRINTED = new Set(["Dead", "Unidentified", "Process"]);
/** Keys that browsers use before a page gets them, or that users need in their browser. */
const BROWSER_CONTROL = new Set([..."acdfhjklnopqrstuvwx0123456789+-=", "Tab", "PageUp", "PageDown", "F4"]);
const BROWSER_ALT = new Set(["ArrowLeft", "ArrowRight", "Home", "F4", "Tab", " "]);
const BROWSER_BARE = new Set(["Tab", "F1", "F3", "F5", "F6", "F7", "F10", "F11", "F12", "ContextMenu"]);

/** @param {string} text @returns {Stroke} */
export function parseStroke(text) {
  const [, held, key, code] = SHAPE.exec(text);
  const has = (name) => held.includes(`${name}+`);
  return { key, code: code ?? codeOf(key), shift: has("Shift"), control: has("Ctrl"), alt: has("Alt") };
}

/** The code of the key that prints this character on an ANSI keyboard, or "". */
function codeOf(key) {
  if (/^[a-z]$/u.test(key)) return `Key${key.toUpperCase()}`;
  return /^\d$/u.test(key) ? `Digit${key}` : CODES[key] ?? "";
}

/**
 * The pressed stroke as text; null while only modifiers are down.
 * @param {Press} press
 */
export function strokeOf({ key, code, shiftKey, ctrlKey, metaKey, altKey, altGraph = false }) {
  if (code === "ShiftRight") return "[ShiftRight]";
  if (MODIFIERS.has(key)) return null;
  const held = altGraph ? "" : `${ctrlKey || metaKey ? "Ctrl+" : ""}${altKey ? "Alt+" : ""}`;
  const character = UNPRINTED.has(key) ? "" : key.length === 1 ? key.toLowerCase() : key;
  const isOnAnsi = character.length > 1 || character === " " || codeOf(character) === code;
  const place = isOnAnsi ? "" : `[${code}]`;
  return `${held}${shiftKey ? "Shift+" : ""}${character}${place}`;
}

/** The name under which a stroke is found by its character; "" if it has none. @param {Stroke} stroke */
export function nameByKey({ key, shift, control, alt }) {
  if (!key) return "";
  return modifiers({ control, alt, shift: shift && dependsOnShift(key, control || alt) }) + key;
}

/** The name under which a stroke is found by its key code; "" if the code does not matter. @param {Stroke} stroke */
export function nameByCode({ code, shift, control, alt }) {
  if (!code) return "";
  return `${modifiers({ control, alt, shift: shift && code !== "ShiftRight" })}[${code}]`;
}

const modifiers = ({ control, alt, shift }) =>
  `${control ? "Ctrl+" : ""}${alt ? "Alt+" : ""}${shift ? "Shift+" : ""}`;

/**
 * Layouts differ in the keys that type a character: "?" and "[" count with or without Shift.
 * Letters, named keys and combinations differ with Shift.
 */
const dependsOnShift = (key, combined) =>
  combined || key.length > 1 || key === " " || key.toLowerCase() !== key.toUpperCase();

/** A stroke as the captions of its keys. @param {Stroke} stroke @returns {string[]} */
export function keyCaps({ key, code, shift, control, alt }) {
  if (code === "ShiftRight") return ["right Shift"];
  const cap = CAPTIONS[key] ?? (key.length === 1 ? key.toUpperCase() : key || code);
  const shown = shift && (!key || dependsOnShift(key, control || alt));
  return [control && "Ctrl", alt && "Alt", shown && "Shift", cap].filter(Boolean);
}

/** Why this stroke cannot be bound, or null. @param {Stroke} stroke */
export function reservedReason(stroke) {
  const { key, control, alt } = stroke;
  const caps = keyCaps(stroke).join(" ");
  if (key === "Escape") return "Esc cancels a range and closes dialogs: choose another key.";
  const isReserved = control ? BROWSER_CONTROL.has(key) : alt ? BROWSER_ALT.has(key) : BROWSER_BARE.has(key);
  return isReserved ? `${caps} is used by the browser: choose another key.` : null;
}
