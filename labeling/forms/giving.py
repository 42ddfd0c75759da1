"""What an admin says of who labels a subset, and annotators of a clip."""

from typing import Any

from django import forms

from labeling.domain.assignments.assigning import (
    SHARE_MAX,
    AssignmentRequest,
    labelling_accounts,
)
from labeling.models import ClipReturn, User

PERCENT_MAX = round(100 * SHARE_MAX)
SEED_MAX = 2**31 - 1


class PolicyForm(forms.Form):
    """What annotators see beside the frames."""

    sees_scores = forms.BooleanField(
        label="They see the model's scores", required=False
    )
    sees_others = forms.BooleanField(
        label="They see what others say",
        required=False,
        help_text="As lanes under their own while they label. Agreement is no longer "
        "independent then: comparisons say so. Not with gold or second passes. "
        "Adjudicators and admins may compare and settle before their clips are done.",
    )


class GivingForm(PolicyForm):
    """Who gets the clips of a subset, and what is mixed in."""

    annotators = forms.ModelMultipleChoiceField(
        User.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    each_to = forms.IntegerField(
        label="Each clip to how many of them",
        required=False,
        min_value=1,
        max_value=1000,
        help_text="Shared out evenly, by frames. Left empty: every clip to everyone.",
    )
    gold_percent = forms.IntegerField(
        label="Gold among them (%)",
        initial=0,
        min_value=0,
        max_value=PERCENT_MAX,
        help_text="Clips of other subsets that are settled, unmarked: how well does "
        "somebody do? These labels have no vote.",
    )
    again_percent = forms.IntegerField(
        label="Second passes among them (%)",
        initial=0,
        min_value=0,
        max_value=PERCENT_MAX,
        help_text="The same clip again, later and unmarked: does somebody agree with "
        "themselves?",
    )
    seed = forms.IntegerField(
        initial=0,
        min_value=0,
        max_value=SEED_MAX,
        help_text="The same seed shares out alike.",
    )
    field_order = ("annotators", "each_to", "sees_scores", "sees_others")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        annotators = self.fields["annotators"]
        if isinstance(annotators, forms.ModelMultipleChoiceField):
            annotators.queryset = labelling_accounts()

    @property
    def giving(self) -> AssignmentRequest:
        """What was said, with shares as numbers from 0 to 1."""
        said = dict(self.cleaned_data)
        shares = {
            f"{kind}_share": said.pop(f"{kind}_percent") / 100
            for kind in ("gold", "again")
        }
        return AssignmentRequest(
            **{**said, **shares, "annotators": list(said["annotators"])}
        )


class WithdrawalForm(forms.Form):
    """Who gets what an annotator leaves."""

    takers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Give them to",
        help_text="Each clip to whoever has least to do and does not have it yet. "
        "Nobody chosen: they are only taken back.",
    )

    def __init__(self, *args: Any, annotator: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        takers = self.fields["takers"]
        if isinstance(takers, forms.ModelMultipleChoiceField):
            takers.queryset = labelling_accounts().exclude(pk=annotator.pk)


class ReturnForm(forms.Form):
    """Why an annotator gives a clip back."""

    note = forms.CharField(
        max_length=ClipReturn.NOTE_MAX,
        label="What is wrong with it",
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )


class AnswerForm(forms.Form):
    """What becomes of a clip that came back."""

    answer = forms.ChoiceField(choices=ClipReturn.Answer.choices[1:])
    taker = forms.ModelChoiceField(User.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taker = self.fields["taker"]
        if isinstance(taker, forms.ModelChoiceField):
            taker.queryset = labelling_accounts()
