"""From a folder of videos to a session file: the pole is found in every frame.

`videos` says what a file holds and decodes it, `grey` makes a frame grey, `matching`
finds the template in a frame (with `match_bound`, which proves that a small window was
enough), `crops` cuts the frame there.
"""
