"""Labels of whole subsets, packed by the database and unpacked by numpy for speed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db import connection

from labeling.models import Session, Subset, Trial

# As the database packs them: frame index and label, network byte order.
PACKED = np.dtype([("index", ">i4"), ("value", ">i2")])


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedLabels:
    """The labels of one pass of an annotator in one clip."""

    annotator: int
    username: str
    pass_number: int
    trial: int
    index: npt.NDArray[np.int32]
    value: npt.NDArray[np.int16]


def packed_labels(
    subsets: Sequence[Subset],
    *,
    trial: Trial | None = None,
    session: Session | None = None,
) -> Iterator[PackedLabels]:
    """Yield labels of subsets, or only of one trial or session, earlier passes first.

    Within a pass, later assignments come later. Excluded trials and quality-check clips
    are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.annotator_id, u.username, a.pass_number, c.trial_id,
                string_agg(int4send(f.index) || int2send(l.value), ''::bytea)
            FROM labeling_label l
            JOIN labeling_assignment a ON a.id = l.assignment_id
            JOIN labeling_user u ON u.id = a.annotator_id
            JOIN labeling_clip c ON c.id = a.clip_id
            JOIN labeling_trial t ON t.id = c.trial_id
            JOIN labeling_frame f ON f.id = l.frame_id
            WHERE a.mixed_into_id IS NULL
                AND t.excluded_because = '' AND c.subset_id = ANY(%s)
                AND (%s::bigint IS NULL OR c.trial_id = %s)
                AND (%s::bigint IS NULL OR t.session_id = %s)
            GROUP BY a.id, u.username, c.trial_id ORDER BY a.pass_number, a.id""",
            [
                [subset.pk for subset in subsets],
                *[trial.pk if trial else None] * 2,
                *[session.pk if session else None] * 2,
            ],
        )
        for annotator, username, pass_number, of_trial, packed in cursor.fetchall():
            labels = np.frombuffer(packed, PACKED)
            yield PackedLabels(
                annotator=annotator,
                username=username,
                pass_number=pass_number,
                trial=of_trial,
                index=labels["index"].astype(np.int32),
                value=labels["value"].astype(np.int16),
            )
