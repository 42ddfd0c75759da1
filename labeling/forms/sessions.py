"""Forms for importing a session, and for the labels that its file holds."""

from django import forms

from labeling.domain.assignments.assigning import labelling_accounts
from labeling.domain.recordings.sessions import SessionDetails


class SessionForm(forms.Form):
    """A session file in the data root, and its description."""

    file = forms.CharField(
        label="Session file",
        max_length=500,
        widget=forms.TextInput(attrs={"list": "session-files", "autocomplete": "off"}),
    )
    name = forms.CharField(
        max_length=200, required=False, help_text="Leave empty to use the file name."
    )
    rate_hz = forms.FloatField(label="Frame rate (Hz)", initial=1000, min_value=0.001)
    animal = forms.CharField(max_length=100, required=False)
    rig = forms.CharField(max_length=100, required=False)
    started_at = forms.DateTimeField(
        label="Started at",
        required=False,
        help_text="In UTC, for example 2026-11-22 14:30.",
    )
    scale_px_per_mm = forms.FloatField(
        label="Scale (px per mm)", required=False, min_value=0.001
    )

    @property
    def details(self) -> SessionDetails:
        """The metadata of the session, without its file."""
        details = dict(self.cleaned_data)
        del details["file"]
        return SessionDetails(**details)


class FileLabelsForm(forms.Form):
    """The labels of a file, and the annotator whose labels they become."""

    annotator = forms.ModelChoiceField(
        labelling_accounts(),
        empty_label=None,
        help_text="The person who made the labels. Create an account first if there is "
        "none.",
    )
    file = forms.CharField(
        label="Curation subset (TL_DATA)",
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"list": "label-files", "autocomplete": "off"}),
        help_text="Leave empty for the labels of the session file itself.",
    )
    trials = forms.CharField(
        max_length=2000,
        required=False,
        help_text="Numbers of the trials to take, for example 176, 189. Leave empty to "
        "take all.",
    )
    name = forms.CharField(
        label="Name of the new subset",
        max_length=200,
        required=False,
        help_text="Leave empty for the names of the session and the annotator.",
    )

    def clean_trials(self) -> list[int]:
        """Return the numbers of the trials."""
        words = self.cleaned_data["trials"].replace(",", " ").split()
        wrong = [word for word in words if not (word.isascii() and word.isdecimal())]
        if wrong:
            raise forms.ValidationError(
                f"{wrong[0]!r} is no number of a trial. Write numbers with commas, for "
                "example 176, 189."
            )
        return [int(word) for word in words]
