/**
 * The keys of the adjudicator's page. Letters from A to L take a lane, as many as there are; the
 * labelling keys are WhACC's. While reasons are chosen, numbers select reasons.
 * @typedef {{action: string, amount?: number}} Action
 */
import { NOT_TOUCH, TOUCH, UNLABELLED, UNSURE } from "../labels/labels.js";

const LANES = "abcdefghijkl";
/** @type {Record<string, Action>} */
const KEYS = {
  ArrowLeft: { action: "move", amount: -1 }, ArrowRight: { action: "move", amount: 1 },
  ",": { action: "move", amount: -10 }, ".": { action: "move", amount: 10 },
  ArrowUp: { action: "paint", amount: TOUCH }, ArrowDown: { action: "paint", amount: NOT_TOUCH },
  q: { action: "paint", amount: UNSURE }, 1: { action: "paint", amount: UNLABELLED },
  m: { action: "majority" }, Enter: { action: "decide" }, u: { action: "reopen" }, t: { action: "reasons" },
  n: { action: "step", amount: 1 }, p: { action: "step", amount: -1 },
  v: { action: "names" }, Escape: { action: "start-over" },
};
/** @type {Record<string, Action>} */
const SHIFTED = {
  ArrowLeft: { action: "carry", amount: -1 }, ArrowRight: { action: "carry", amount: 1 },
  ArrowUp: { action: "paint-on", amount: TOUCH }, ArrowDown: { action: "paint-on", amount: NOT_TOUCH },
  q: { action: "paint-on", amount: UNSURE }, n: { action: "step", amount: -1 },
};

export const laneLetter = (index) => LANES[index]?.toUpperCase() ?? "";

/**
 * The action of a key press, or null.
 * @param {{key: string, shiftKey: boolean, ctrlKey: boolean, metaKey: boolean, altKey: boolean}} press
 * @param {{nLanes: number, choosesReasons: boolean}} page
 * @returns {Action | null}
 */
export function actionFor({ key, shiftKey, ctrlKey, metaKey, altKey }, { nLanes, choosesReasons }) {
  if (ctrlKey || metaKey || altKey) return null;
  const plain = key.length === 1 ? key.toLowerCase() : key;
  if (choosesReasons && /^[1-9]$/u.test(plain)) return { action: "reason", amount: Number(plain) - 1 };
  if (choosesReasons && plain === "Escape") return { action: "reasons" };
  if (shiftKey) return SHIFTED[plain] ?? null;
  const lane = plain.length === 1 ? LANES.indexOf(plain) : -1;
  if (lane >= 0 && lane < nLanes) return { action: "take", amount: lane };
  return KEYS[plain] ?? null;
}
