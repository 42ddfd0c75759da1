"""In reach: when the pole stands where whiskers can touch it, if the session tells."""

import math

from labeling.domain.frames import block_range
from labeling.domain.session_files import opened_session
from labeling.errors import LabelingError
from labeling.models import Clip


def in_reach_of(clip: Clip) -> list[tuple[int, int]] | None:
    """Return the frames of a clip's block with the pole in reach; None if unknown.

    It comes from the recording's own clock and says nothing of scores, so blind
    annotators see it too.
    """
    try:
        with opened_session(clip.trial.session) as source:
            if source.pole_times is None:
                return None
            rows = [trial.first_row for trial in source.trials]
            up, down = source.pole_times[:, rows.index(clip.trial.first_row)].tolist()
    except (LabelingError, ValueError):
        # Whoever asks for the frames is told what is wrong with the file.
        return None
    if not (math.isfinite(up) and math.isfinite(down)):
        return None
    start, stop = block_range(clip)
    onset, offset = max(start, math.ceil(up)), min(stop, math.ceil(down))
    return [(onset, offset)] if onset < offset else []
