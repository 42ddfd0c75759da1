"""From a folder of videos to a session file: the pole is found in every frame.

`videos` says what a file holds and decodes it, `grey` makes a frame grey, `matching`
finds the template in a frame (with `match_bound`, which proves that a small window was
enough), `crops` cuts the frame there. `tracked_video` does so for a video and keeps
the result on disk, `processes` for several videos at a time, `tracked_session` for a
session, which it writes as one file in WhACC's layout. `trial_names` and
`session_check` say which video is which trial and what is odd; `in_range` sees when
the pole stands, and `pole_time_files` reads it where a lab knows it already.
"""
