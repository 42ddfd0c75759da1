"""Forms for selecting the clips of a subset."""

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
    """A way of selecting clips; `drafts` returns the selected clips."""

    name = forms.CharField(max_length=200, label="Name of the subset")

    def __init__(self, *args: Any, named: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not named:
            del self.fields["name"]

    @property
    def drawn_with(self) -> int:
        """The seed of random clips and of the roles of trials."""
        drawn: int = self.cleaned_data.get("seed") or 0
        return drawn

    def drafts(self) -> list[ClipDraft]:
        """Return the clips; raise an error that the user can correct."""
        raise NotImplementedError


class ByModelForm(ChoiceForm):
    """The clips on which the model is least certain, and some random clips."""

    sessions = forms.ModelMultipleChoiceField(
        Session.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    n_clips = forms.IntegerField(
        label="Clips", initial=30, min_value=1, max_value=10_000
    )
    clip_frames = forms.IntegerField(
        label="Frames per clip",
        initial=100,
        min_value=1,
        max_value=10_000,
        required=False,
        help_text="Leave empty for whole trials. Frames with the pole out of reach are "
        "never selected.",
    )
    random_percent = forms.IntegerField(
        label="Random clips (%)",
        initial=20,
        min_value=0,
        max_value=100,
        help_text="Random clips keep the error estimate unbiased.",
    )
    seed = forms.IntegerField(
        initial=lambda: secrets.randbelow(SEEDS),
        min_value=0,
        max_value=SEEDS - 1,
        help_text="The same seed, scores and subsets select the same clips.",
    )

    def drafts(self) -> list[ClipDraft]:
        """Return the clips that `manage.py select_subset` would select."""
        values = self.cleaned_data
        return selected_clips(
            ModelSelection(
                sessions=list(values["sessions"]),
                n_clips=values["n_clips"],
                clip_frames=values["clip_frames"],
                random_share=values["random_percent"] / 100,
                seed=values["seed"],
            )
        )


class TrialsForm(ChoiceForm):
    """Whole trials of a session, each a clip."""

    session = forms.ModelChoiceField(Session.objects.all(), empty_label=None)
    trials = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"placeholder": "1-20, 25"}),
        help_text="Numbers and ranges, separated by commas. Leave empty for all "
        "included trials.",
    )

    def clean_trials(self) -> list[int] | None:
        """Return the numbers; None: all."""
        text = self.cleaned_data["trials"].strip()
        return numbers_of(text) if text else None

    def drafts(self) -> list[ClipDraft]:
        """Return the trials as clips."""
        values = self.cleaned_data
        return clips_of_trials(values["session"], values["trials"])


class RangeForm(ChoiceForm):
    """A range of a trial's frames, one clip."""

    session = forms.ModelChoiceField(Session.objects.all(), empty_label=None)
    trial = forms.IntegerField(label="Trial number", min_value=0)
    first = forms.IntegerField(
        label="First frame", min_value=0, help_text="The first frame of a trial is 0."
    )
    last = forms.IntegerField(
        label="Last frame", min_value=0, help_text="Included in the clip."
    )

    def drafts(self) -> list[ClipDraft]:
        """Return the range as a clip."""
        values = self.cleaned_data
        return clip_of_range(
            values["session"], values["trial"], values["first"], values["last"]
        )


WAYS: dict[str, type[ChoiceForm]] = {
    "model": ByModelForm,
    "trials": TrialsForm,
    "range": RangeForm,
}


def numbers_of(text: str) -> list[int]:
    """Return the numbers in a text such as `1-3, 7`."""
    numbers: set[int] = set()
    for part in text.split(","):
        found = NUMBERS.fullmatch(part.strip())
        first = int(found[1]) if found else 1
        last = int(found[2] or found[1]) if found else 0
        if not first <= last or last - first >= SUBSET_FRAMES_MAX:
            raise forms.ValidationError(
                f"{part.strip()[:40]!r} is not a number or a range. Write numbers and "
                "ranges such as 1-20, 25, with the lower number first."
            )
        numbers.update(range(first, last + 1))
    return sorted(numbers)
