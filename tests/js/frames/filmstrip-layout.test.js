import assert from "node:assert/strict";
import { test } from "node:test";
import { filmstripLayout, tileAt } from "../../../static/js/lib/frames/filmstrip-layout.js";

const strip = (room) => filmstripLayout({
  width: 1232, height: 330, count: 7, frameWidth: 61, frameHeight: 61, pixelRatio: 1, crisp: true, ...room,
});
const middle = ({ tiles }) => tiles[(tiles.length - 1) / 2];

test("seven frames at 1280 px: neighbours twice, the current frame five times its size", () => {
  const { tiles } = strip();

  assert.deepEqual(tiles.map(({ offset }) => offset), [-3, -2, -1, 0, 1, 2, 3]);
  assert.deepEqual(tiles.map(({ width }) => width), [122, 122, 122, 305, 122, 122, 122]);
});

test("all frames share a baseline, and the current one is in the middle", () => {
  const layout = strip();

  assert.deepEqual(new Set(layout.tiles.map(({ y, height }) => y + height)), new Set([layout.baseline]));
  const { x, width } = middle(layout);
  assert.ok(Math.abs(x + width / 2 - 1232 / 2) <= 1);
});

test("in every window frames fit, do not overlap, and keep their proportions", () => {
  for (const [count, zoom] of [3, 5, 7, 9, 15, 21].flatMap((each) => [[each, 0], [each, 3], [each, 12]])) {
    for (const width of [700, 1232, 1880, 3800]) {
      for (const height of [120, 330, 700, 1700]) {
        for (const [frameWidth, frameHeight] of [[61, 61], [96, 80], [320, 240]]) {
          for (const crisp of [true, false]) {
            const layout = strip({ count, zoom, width, height, frameWidth, frameHeight, crisp });
            const { tiles, left, right, baseline } = layout;
            assert.ok(left >= -1 && right <= width + 1, `${count} in ${width}x${height}: ${left} to ${right}`);
            assert.ok(tiles.every((tile) => tile.y >= -1 && tile.width > 0), `${count} in ${width}x${height}`);
            assert.ok(baseline <= height + 1);
            tiles.slice(1).forEach((tile, i) => assert.ok(tile.x >= tiles[i].x + tiles[i].width));
            tiles.forEach((tile) => assert.ok(Math.abs(tile.width / frameWidth - tile.height / frameHeight) < 1e-9));
          }
        }
      }
    }
  }
});

test("crisp frames use whole device pixels for each pixel of the video", () => {
  for (const pixelRatio of [1, 1.5, 2]) {
    for (const { width } of strip({ pixelRatio }).tiles) {
      assert.ok(Math.abs(((width / 61) * pixelRatio) % 1) < 1e-9);
    }
  }
});

test("in a low window neighbours stay large", () => {
  assert.deepEqual(strip({ height: 190 }).tiles.map(({ width }) => width / 61), [2, 2, 2, 3, 2, 2, 2]);
  assert.deepEqual(strip({ height: 250, count: 9 }).tiles.map(({ width }) => width / 61), [2, 2, 2, 2, 3, 2, 2, 2, 2]);
});

test("the current frame has the chosen zoom, and no neighbour is larger", () => {
  const widths = (zoom) => strip({ zoom }).tiles.map(({ width }) => width / 61);

  assert.deepEqual(widths(2), [2, 2, 2, 2, 2, 2, 2]);
  assert.deepEqual(widths(4), [2, 2, 2, 4, 2, 2, 2]);
  assert.deepEqual(widths(16), [2, 2, 2, 5, 2, 2, 2]);
});

test("a point finds its frame, a gap none", () => {
  const layout = strip();
  const { x, width } = layout.tiles[1];

  assert.equal(tileAt(layout, x + 1).offset, -2);
  assert.equal(tileAt(layout, x + width + 1), null);
});
