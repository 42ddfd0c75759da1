"""Simulated recordings of whiskers and a pole, lit from behind, with exact truth.

`rig` holds what may vary and `rigs` names some. `motion` moves whiskers and pole,
`whiskers` bends a whisker around the pole and knows when it touches, `scene` draws
one trial's world, `render` paints any window of it, `trial` simulates what a tracker
would deliver, and `session` writes session files and videos.
"""
