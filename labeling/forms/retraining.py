"""What an admin says of a retrain, of publishing, and of what to score."""

from typing import Any

from django import forms

from labeling.domain.labels.sources import ConsensusRule, LabelSource
from labeling.domain.training.choice import (
    MINUTES_MAX,
    N_TRAININGS,
    N_TRAININGS_MAX,
    NEW_DATA_WEIGHT,
    SEED_MAX,
    WEIGHT_MAX,
    WEIGHT_MIN,
    RetrainingChoice,
)
from labeling.domain.versions.catalog import able_versions
from labeling.models import ModelVersion, Session, Subset, User

FINER_FIELDS = ("weight", "n_trainings", "minutes", "seed")
SOURCE_WORDS = {
    ConsensusRule.MAJORITY: "what the majority of the annotators says",
    ConsensusRule.UNANIMITY: "what all annotators agree on",
    ConsensusRule.ADJUDICATED: "what all agree on, and elsewhere what was settled",
}


def source_choices() -> list[tuple[str, str]]:
    """Return whose labels may be learned from: of all, or of one annotator."""
    people = User.objects.filter(assignments__isnull=False).distinct()
    names = people.order_by("username").values_list("username", flat=True)
    alone = [(str(LabelSource(annotator=name)), f"what {name} says") for name in names]
    return [*SOURCE_WORDS.items(), *alone]


class RetrainingForm(forms.Form):
    """Choose what a new version learns from, and how long it is searched for."""

    subsets = forms.ModelMultipleChoiceField(
        Subset.objects.all(),
        widget=forms.CheckboxSelectMultiple,
    )
    source = forms.ChoiceField(
        label="Whose labels",
        required=False,
        choices=source_choices,
        help_text="Frames that this leaves open are not learned from.",
    )
    parent = forms.ModelChoiceField(
        ModelVersion.objects.none(),
        required=False,
        label="Based on",
        empty_label="the latest version",
        help_text="Its CNN and features are kept, and it is what is compared with.",
    )
    with_shipped_data = forms.BooleanField(
        label="Learn from the shipped training data too",
        required=False,
        initial=True,
        help_text="Of a version of WhACC's: from WhACC's, if they were imported.",
    )
    weight = forms.FloatField(
        label="Weight of a labelled frame against a shipped one",
        initial=NEW_DATA_WEIGHT,
        min_value=WEIGHT_MIN,
        max_value=WEIGHT_MAX,
        help_text=f"{WEIGHT_MIN:g} to {WEIGHT_MAX:g}.",
    )
    n_trainings = forms.IntegerField(
        label="Trainings",
        initial=N_TRAININGS,
        min_value=1,
        max_value=N_TRAININGS_MAX,
        help_text="Ways of growing trees that are tried; the best one is kept.",
    )
    minutes = forms.FloatField(
        label="Minutes at most",
        required=False,
        min_value=0,
        max_value=MINUTES_MAX,
        help_text="No training is begun after this long. Left empty: no limit.",
    )
    seed = forms.IntegerField(
        initial=0,
        min_value=0,
        max_value=SEED_MAX,
        help_text="The same labels and seed give the same model.",
    )
    rescore = forms.BooleanField(
        label="Then score the subsets' sessions with it, as a candidate",
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields["parent"]
        if isinstance(parent, forms.ModelChoiceField):
            parent.queryset = able_versions()

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """What everybody chooses."""
        return [field for field in self if field.name not in FINER_FIELDS]

    @property
    def finer_fields(self) -> list[forms.BoundField]:
        """What may be left as it is."""
        return [self[name] for name in FINER_FIELDS]

    @property
    def has_finer_errors(self) -> bool:
        """Whether something is wrong with what may be left as it is."""
        return any(name in self.errors for name in FINER_FIELDS)

    @property
    def choice(self) -> RetrainingChoice:
        """What was chosen; the latest version as parent, unless another was."""
        chosen = dict(self.cleaned_data)
        chosen["source"] = LabelSource.parse(chosen["source"] or ConsensusRule.MAJORITY)
        chosen["parent"] = chosen["parent"] or able_versions().first()
        return RetrainingChoice(**{**chosen, "subsets": list(chosen["subsets"])})


class PublicationForm(forms.Form):
    """Which version a session shall show."""

    version = forms.ModelChoiceField(ModelVersion.objects.all())
    confirmed = forms.BooleanField(required=False)


class RescoringForm(forms.Form):
    """Which sessions a version shall score."""

    sessions = forms.ModelMultipleChoiceField(
        Session.objects.all(), widget=forms.CheckboxSelectMultiple
    )
