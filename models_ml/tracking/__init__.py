"""Tracking: from a folder of videos to a session file, by finding the pole.

- `video_facts`, `videos`: what a video file holds, and its decoded frames.
- `grey`: decoded frames to grey, as WhACC does.
- `matching`, `match_bound`: the template's best match in a frame, searched in a window
  that is proved to be large enough.
- `crops`: the crop around the match.
- `tracked_video`: one video, its result stored on disk. `processes`: several videos at
  the same time. `tracked_session`: all videos of a session, written as one file.
- `trial_names`, `session_check`: which video is which trial, and unusual videos.
- `in_range`: when the pole is in reach. `pole_time_files`: the same, from a lab's file.
- `tracked_file`: the tracking in a session file, its quality and unusual trials.
- `previews`, `child_process`: looking at videos before tracking, from a web process.
"""
