"""Forms for assigning, withdrawing and returning clips."""

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
    """What annotators see in addition to the frames."""

    sees_scores = forms.BooleanField(label="Show the model's scores", required=False)
    sees_others = forms.BooleanField(
        label="Show other annotators' labels",
        required=False,
        help_text="As lanes below their own labels. Agreement is then not independent; "
        "comparisons show a warning. Not possible with quality-check clips or repeat "
        "clips. Adjudicators and admins can then compare and adjudicate before their "
        "own clips are finished.",
    )


class AssigningForm(PolicyForm):
    """The annotators of a subset, and the extra clips in their queues."""

    annotators = forms.ModelMultipleChoiceField(
        User.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    each_to = forms.IntegerField(
        label="Annotators per clip",
        required=False,
        min_value=1,
        max_value=1000,
        help_text="Each annotator gets about the same number of frames. Leave empty to "
        "assign every clip to all chosen annotators.",
    )
    gold_percent = forms.IntegerField(
        label="Quality-check clips (%)",
        initial=0,
        min_value=0,
        max_value=PERCENT_MAX,
        help_text="Unmarked clips of other subsets with known labels, to measure an "
        "annotator's accuracy. These labels do not count towards the consensus.",
    )
    again_percent = forms.IntegerField(
        label="Repeat clips (%)",
        initial=0,
        min_value=0,
        max_value=PERCENT_MAX,
        help_text="The same clip again, later and unmarked, to measure whether an "
        "annotator agrees with their own labels.",
    )
    seed = forms.IntegerField(
        initial=0,
        min_value=0,
        max_value=SEED_MAX,
        help_text="Use the same seed to repeat this assignment.",
    )
    field_order = ("annotators", "each_to", "sees_scores", "sees_others")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        annotators = self.fields["annotators"]
        if isinstance(annotators, forms.ModelMultipleChoiceField):
            annotators.queryset = labelling_accounts()

    @property
    def choice(self) -> AssignmentRequest:
        """The form's values, with shares from 0 to 1."""
        values = dict(self.cleaned_data)
        shares = {
            f"{kind}_share": values.pop(f"{kind}_percent") / 100
            for kind in ("gold", "again")
        }
        return AssignmentRequest(
            **{**values, **shares, "annotators": list(values["annotators"])}
        )


class WithdrawalForm(forms.Form):
    """Annotators who take over an annotator's unfinished clips."""

    takers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Reassign them to",
        help_text="Each clip goes to the annotator with the fewest unfinished frames "
        "who does not have it yet. If you choose no annotator, the clips are only "
        "withdrawn.",
    )

    def __init__(self, *args: Any, annotator: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        takers = self.fields["takers"]
        if isinstance(takers, forms.ModelMultipleChoiceField):
            takers.queryset = labelling_accounts().exclude(pk=annotator.pk)


class ReturnForm(forms.Form):
    """Why an annotator returns a clip."""

    note = forms.CharField(
        max_length=ClipReturn.NOTE_MAX,
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )


class AnswerForm(forms.Form):
    """An admin's answer to a returned clip."""

    answer = forms.ChoiceField(choices=ClipReturn.Answer.choices[1:])
    taker = forms.ModelChoiceField(User.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taker = self.fields["taker"]
        if isinstance(taker, forms.ModelChoiceField):
            taker.queryset = labelling_accounts()
