"""What an admin says of a subset that is to be chosen."""

from typing import Any

from django import forms

from labeling.models import Session, User


class SubsetForm(forms.Form):
    """Choose clips of sessions and give them to annotators."""

    name = forms.CharField(max_length=200)
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
    annotators = forms.ModelMultipleChoiceField(
        User.objects.filter(is_active=True)
        .exclude(role=User.Role.VIEWER)
        .order_by("username"),
        widget=forms.CheckboxSelectMultiple,
    )
    sees_scores = forms.BooleanField(
        label="Annotators see the model's scores", required=False
    )

    @property
    def choice(self) -> dict[str, Any]:
        """What was chosen, with the share as a number from 0 to 1."""
        choice = dict(self.cleaned_data)
        share = choice.pop("random_percent") / 100
        return {**choice, "random_share": share}
