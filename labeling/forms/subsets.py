"""What an admin says of a subset that is to be chosen."""

import re
import secrets
from typing import Any

from django import forms

from labeling.domain.subsets.by_hand import clip_of_range, clips_of_trials
from labeling.domain.subsets.by_model import SEEDS, ModelSelection, selected_clips
from labeling.domain.subsets.curation import SUBSET_FRAMES_MAX, ClipDraft
from labeling.models import Session

NUMBERS = re.compile(r"(\d{1,9})(?:\s*-\s*(\d{1,9}))?")


class ChoiceForm(forms.Form):
    """A way of choosing clips; `drafts` are those that it chooses."""

    name = forms.CharField(max_length=200, label="Name of the subset")

    def __init__(self, *args: Any, named: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not named:
            del self.fields["name"]

    @property
    def drawn_with(self) -> int:
        """What chance was drawn with, and roles will be."""
        drawn: int = self.cleaned_data.get("seed") or 0
        return drawn

    def drafts(self) -> list[ClipDraft]:
        """Return the clips; raise what its user can mend."""
        raise NotImplementedError


class ByModelForm(ChoiceForm):
    """The clips where the model is least sure, and some at random."""

    sessions = forms.ModelMultipleChoiceField(
        Session.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    n_clips = forms.IntegerField(
        label="Clips", initial=30, min_value=1, max_value=10_000
    )
    clip_frames = forms.IntegerField(
        label="Frames for each clip",
        initial=100,
        min_value=1,
        max_value=10_000,
        required=False,
        help_text="Left empty: whole trials. Frames out of reach are never chosen.",
    )
    random_percent = forms.IntegerField(
        label="Of these at random (%)",
        initial=20,
        min_value=0,
        max_value=100,
        help_text="Clips that no model chose keep the estimates honest.",
    )
    seed = forms.IntegerField(
        initial=lambda: secrets.randbelow(SEEDS),
        min_value=0,
        max_value=SEEDS - 1,
        help_text="The same seed, scores and subsets choose the same clips.",
    )

    def drafts(self) -> list[ClipDraft]:
        """Return what `manage.py select_subset` would choose."""
        said = self.cleaned_data
        return selected_clips(
            ModelSelection(
                sessions=list(said["sessions"]),
                n_clips=said["n_clips"],
                clip_frames=said["clip_frames"],
                random_share=said["random_percent"] / 100,
                seed=said["seed"],
            )
        )


class TrialsForm(ChoiceForm):
    """Whole trials of a session, each a clip."""

    session = forms.ModelChoiceField(Session.objects.all(), empty_label=None)
    trials = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"placeholder": "1-20, 25"}),
        help_text="Numbers and ranges, with commas. Left empty: all that are used.",
    )

    def clean_trials(self) -> list[int] | None:
        """Return the numbers; None: all."""
        text = self.cleaned_data["trials"].strip()
        return numbers_of(text) if text else None

    def drafts(self) -> list[ClipDraft]:
        """Return the trials as clips."""
        said = self.cleaned_data
        return clips_of_trials(said["session"], said["trials"])


class RangeForm(ChoiceForm):
    """A range of a trial's frames, one clip."""

    session = forms.ModelChoiceField(Session.objects.all(), empty_label=None)
    trial = forms.IntegerField(min_value=0, help_text="Its number.")
    first = forms.IntegerField(
        label="First frame", min_value=0, help_text="Frames count from 0."
    )
    last = forms.IntegerField(
        label="Last frame", min_value=0, help_text="It belongs to the clip too."
    )

    def drafts(self) -> list[ClipDraft]:
        """Return the range as a clip."""
        said = self.cleaned_data
        return clip_of_range(
            said["session"], said["trial"], said["first"], said["last"]
        )


WAYS: dict[str, type[ChoiceForm]] = {
    "model": ByModelForm,
    "trials": TrialsForm,
    "range": RangeForm,
}


def numbers_of(text: str) -> list[int]:
    """Return the numbers that a text like `1-3, 7` names."""
    numbers: set[int] = set()
    for part in text.split(","):
        found = NUMBERS.fullmatch(part.strip())
        first = int(found[1]) if found else 1
        last = int(found[2] or found[1]) if found else 0
        if not first <= last or last - first >= SUBSET_FRAMES_MAX:
            raise forms.ValidationError(
                "Expected numbers and ranges such as 1-20, 25, found "
                f"{part.strip()[:40]!r}: write the lower number first."
            )
        numbers.update(range(first, last + 1))
    return sorted(numbers)
