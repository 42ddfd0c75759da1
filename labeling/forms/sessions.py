"""What an admin says of a session that comes in."""

from django import forms


class SessionForm(forms.Form):
    """Choose a session file below the data root and describe it."""

    file = forms.CharField(
        label="Session file",
        max_length=500,
        widget=forms.TextInput(attrs={"list": "session-files", "autocomplete": "off"}),
    )
    name = forms.CharField(
        max_length=200, required=False, help_text="Left empty: the file's name."
    )
    rate_hz = forms.FloatField(
        label="Rate (Hz)", initial=1000, min_value=0.001, help_text="Frames a second."
    )
    animal = forms.CharField(max_length=100, required=False)
    rig = forms.CharField(max_length=100, required=False)
    started_at = forms.DateTimeField(
        label="Started at",
        required=False,
        help_text="For example 2026-11-22 14:30, in UTC.",
    )
    scale_px_per_mm = forms.FloatField(
        label="Scale (px per mm)", required=False, min_value=0.001
    )
