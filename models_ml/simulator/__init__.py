"""Simulated recordings of whiskers and a pole in backlight, with exact truth.

- `rig`: what may vary in a rig. `rigs`: named rigs.
- `motion`: movement of whiskers and pole.
- `whiskers`: the bending of a whisker around the pole, and when it touches.
- `scene`: everything that is drawn in one trial. `render`: pictures of it.
- `trial`: one trial, as a tracker would return it.
- `session`: session files and videos.
"""
