/**
 * What each key and button of the adjudicator's page does.
 * @typedef {import("../elements/adjudication-page.js").AdjudicationPage} AdjudicationPage
 */

/** @type {Record<string, (page: AdjudicationPage, amount: number) => void>} */
export const ACTIONS = {
  move: (page, amount) => page.goTo(page.frame + amount),
  take: (page, lane) => page.change(() => page.answer.take(page.stretch.lanes[lane])),
  majority: (page) => page.change(() => page.answer.take(page.stretch.majority, { open: true })),
  paint: (page, value) => page.change(() => paint(page, page.frame, value)),
  "paint-on": (page, value) => page.change(() => { if (paint(page, page.frame, value)) page.goTo(page.frame + 1); }),
  carry: (page, by) => page.change(() => {
    const value = page.answer.at(page.frame);
    if (paint(page, page.frame + by, value)) page.goTo(page.frame + by);
  }),
  "start-over": (page) => page.change(() => page.answer.startOver()),
  reasons: (page) => page.chooseReasons(),
  reason: (page, index) => page.change(() => page.toggleReason(index)),
  reopen: (page) => {
    if (page.entry.settled && !page.outbox.isElsewhere) page.send(null);
    else page.hint("This disagreement is open already");
  },
  decide: (page) => {
    if (page.entry.settled) return page.openNext();
    return page.change(() => adjudicate(page));
  },
};

function paint(page, frame, value) {
  const painted = page.answer.paint(frame, value);
  const { start, stop } = page.stretch;
  if (!painted) page.hint(`Only frames ${start} to ${stop - 1} need a decision; annotators agree on all others`);
  return painted;
}

function adjudicate(page) {
  const { gap } = page.answer;
  if (gap === null) {
    page.send([...page.answer.values]);
    page.openNext();
  } else {
    page.hint(`Frame ${gap} has no answer yet: take a lane, or paint it`);
    page.goTo(gap);
  }
}
