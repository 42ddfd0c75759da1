"""Forms for retraining, publishing and scoring."""

from typing import Any

from django import forms

from labeling.domain.labels.sources import ConsensusRule, LabelSource
from labeling.domain.training.choice import (
    CNN_STEPS_MAX,
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

FINER_FIELDS = ("cnn_steps", "weight", "n_trainings", "minutes", "seed")
SOURCE_WORDS = {
    ConsensusRule.MAJORITY: "majority labels of the annotators",
    ConsensusRule.UNANIMITY: "unanimous labels of the annotators",
    ConsensusRule.ADJUDICATED: (
        "unanimous labels, and adjudicated labels where annotators disagree"
    ),
}


def source_choices() -> list[tuple[str, str]]:
    """Return the label sources: consensus of all annotators, or one annotator."""
    people = User.objects.filter(assignments__isnull=False).distinct()
    names = people.order_by("username").values_list("username", flat=True)
    alone = [(str(LabelSource(annotator=name)), f"labels of {name}") for name in names]
    return [*SOURCE_WORDS.items(), *alone]


class RetrainingForm(forms.Form):
    """Training data, parent and search of a new version."""

    subsets = forms.ModelMultipleChoiceField(
        Subset.objects.all(),
        widget=forms.CheckboxSelectMultiple,
    )
    source = forms.ChoiceField(
        label="Label source",
        required=False,
        choices=source_choices,
        help_text="Frames without a label from this source are not used.",
    )
    parent = forms.ModelChoiceField(
        ModelVersion.objects.none(),
        required=False,
        label="Based on",
        empty_label="the latest version",
        help_text="The new version starts from its CNN, uses the same features, and is "
        "compared with this version.",
    )
    trains_cnn = forms.BooleanField(
        label="Train the CNN too",
        required=False,
        initial=True,
        help_text="The CNN learns from the labelled frames, then the trees learn from "
        "it. The best on validation trials is kept. Without a tick, only trees are "
        "trained.",
    )
    with_shipped_data = forms.BooleanField(
        label="Train on the shipped training data too",
        required=False,
        initial=True,
        help_text="For versions based on a WhACC model: WhACC's training data, if "
        "imported.",
    )
    cnn_steps = forms.IntegerField(
        label="Steps of the CNN",
        required=False,
        min_value=1,
        max_value=CNN_STEPS_MAX,
        help_text="Leave empty for as many as the kind of CNN needs.",
    )
    weight = forms.FloatField(
        label="Weight of a labelled frame relative to a shipped frame",
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
        help_text="Number of hyperparameter sets to try. The best one is used.",
    )
    minutes = forms.FloatField(
        label="Time limit (minutes)",
        required=False,
        min_value=0,
        max_value=MINUTES_MAX,
        help_text="No training starts after this time. Leave empty for no limit.",
    )
    seed = forms.IntegerField(
        initial=0,
        min_value=0,
        max_value=SEED_MAX,
        help_text="The same labels and the same seed give the same model.",
    )
    rescore = forms.BooleanField(
        label="Then score the sessions of the subsets, without publishing",
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
        """The fields that are always visible."""
        return [field for field in self if field.name not in FINER_FIELDS]

    @property
    def finer_fields(self) -> list[forms.BoundField]:
        """The fields whose defaults are usually right."""
        return [self[name] for name in FINER_FIELDS]

    @property
    def has_finer_errors(self) -> bool:
        """Whether one of these fields has an error."""
        return any(name in self.errors for name in FINER_FIELDS)

    @property
    def choice(self) -> RetrainingChoice:
        """The form's values; the parent defaults to the latest version."""
        chosen = dict(self.cleaned_data)
        chosen["source"] = LabelSource.parse(chosen["source"] or ConsensusRule.MAJORITY)
        chosen["parent"] = chosen["parent"] or able_versions().first()
        return RetrainingChoice(**{**chosen, "subsets": list(chosen["subsets"])})


class PublicationForm(forms.Form):
    """The version to publish on a session."""

    version = forms.ModelChoiceField(ModelVersion.objects.all())
    confirmed = forms.BooleanField(required=False)


class RescoringForm(forms.Form):
    """The sessions to score with a version."""

    sessions = forms.ModelMultipleChoiceField(
        Session.objects.all(), widget=forms.CheckboxSelectMultiple
    )
