"""Form for importing a session."""

from django import forms

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
