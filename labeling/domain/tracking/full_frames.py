"""The full frame of the video around a crop, for sessions that were tracked here."""

from pathlib import Path

from labeling.domain.recordings.frames import block_range
from labeling.domain.recordings.session_files import path_below_data_root
from labeling.domain.tracking.previews import video_in
from labeling.errors import LabelingError, NotFoundError, translated_core_errors
from labeling.models import Assignment, Session, Trial
from models_ml.tracking.child_process import run_in_child_process
from models_ml.tracking.previews import frame_png
from models_ml.tracking.tracked_file import crop_corner_in


def knows_its_videos(session: Session) -> bool:
    """Whether a session was tracked here, so that its videos are known."""
    return session.tracking is not None


def full_frame_png(assignment: Assignment, frame: int) -> bytes:
    """Return the full frame of the video as PNG, with a rectangle around the crop.

    Annotators who label blind may see it: it has no frame that the page does not show,
    and nothing in it comes from a model.
    """
    clip, trial = assignment.clip, assignment.clip.trial
    start, stop = block_range(clip)
    if trial.session.tracking is None or not start <= frame < stop:
        raise NotFoundError("There is no full frame that you may see.")
    video = _video_of(trial, trial.session.tracking["folder"])
    file = path_below_data_root(trial.session.file)
    corner = crop_corner_in(file, trial.first_row + frame)
    size = trial.session.width_px, trial.session.height_px
    with translated_core_errors():
        return run_in_child_process(
            frame_png, video, frame, corner and (*corner, *size)
        )


def _video_of(trial: Trial, folder: str) -> Path:
    try:
        return video_in(folder, trial.video_name)
    except LabelingError as error:
        raise LabelingError(
            f"The video {trial.video_name} was moved from {folder!r} or renamed. Ask "
            "an admin to put it back."
        ) from error
