/** The template and the crop around a pole, as the server cuts them. */

export function boxesAt({ x, y, templatePx, cropPx }) {
  const left = x - Math.floor(templatePx / 2);
  const top = y - Math.floor(templatePx / 2);
  return {
    template: { x: left, y: top, width: templatePx, height: templatePx },
    crop: {
      x: Math.trunc(left - (cropPx - templatePx) / 2),
      y: Math.trunc(top - (cropPx - templatePx) / 2),
      width: cropPx,
      height: cropPx,
    },
  };
}

/** The nearest template centre for which the whole template lies within the frame. */
export function clampToFrame({ x, y }, templatePx, { width, height }) {
  const before = Math.floor(templatePx / 2);
  const after = templatePx - before;
  return {
    x: Math.max(before, Math.min(width - after, Math.round(x))),
    y: Math.max(before, Math.min(height - after, Math.round(y))),
  };
}
