"""Forms for tracking videos and for reviewing tracked trials."""

from dataclasses import fields
from pathlib import PurePosixPath
from typing import Any

from django import forms

from labeling.domain.tracking.plan import TrackingRequest

TEXT_MAX = 1_000_000


class NumbersField(forms.CharField):
    """Lines such as `video.mp4 = 12`."""

    def clean(self, value: Any) -> Any:
        """Return trial numbers by file name."""
        numbers = {}
        for line in str(super().clean(value)).splitlines():
            name, is_there, number = (part.strip() for part in line.rpartition("="))
            if not line.strip():
                continue
            is_number = number.isascii() and number.isdecimal()
            if not (is_there and name and is_number and len(number) <= 9):
                raise forms.ValidationError(
                    f"{line!r} is not valid. Write lines such as video.mp4 = 12."
                )
            numbers[name] = int(number)
        return numbers


class NamesField(forms.CharField):
    """One file name per line."""

    def clean(self, value: Any) -> Any:
        """Return the file names."""
        lines = str(super().clean(value)).splitlines()
        return [line.strip() for line in lines if line.strip()]


class TrackingForm(forms.Form):
    """Videos, pole and description of a session."""

    folder = forms.CharField(max_length=500, widget=forms.HiddenInput)
    video = forms.CharField(
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"list": "videos", "autocomplete": "off"}),
    )
    frame = forms.IntegerField(
        required=False, min_value=0, help_text="Empty: middle frame."
    )
    x = forms.IntegerField(label="Pole, x (px)", min_value=0, max_value=100_000)
    y = forms.IntegerField(label="Pole, y (px)", min_value=0, max_value=100_000)
    template_px = forms.IntegerField(
        label="Template (px)", initial=61, min_value=2, max_value=1000
    )
    crop_px = forms.IntegerField(
        label="Crop (px)", initial=61, min_value=2, max_value=1000
    )
    numbers = NumbersField(
        label="Trial numbers",
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "video.mp4 = 12"}),
        help_text="For videos whose file name does not contain the trial number. One "
        "video per line.",
    )
    left_out = NamesField(
        label="Videos to leave out",
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One file name per line.",
    )
    session_name = forms.CharField(max_length=200, required=False)
    out = forms.CharField(
        label="Session file",
        max_length=500,
        help_text="A new file in the data root, with the ending .h5.",
    )
    rate_hz = forms.FloatField(
        label="Frame rate of the camera (Hz)", initial=1000, min_value=0.001
    )
    animal = forms.CharField(max_length=100, required=False)
    rig = forms.CharField(max_length=100, required=False)
    find_pole_times = forms.BooleanField(
        label="Detect in the videos when the pole is in reach",
        required=False,
        initial=True,
    )
    pole_times_file = forms.CharField(
        label="File with pole times",
        max_length=500,
        required=False,
        help_text="Optional: a .csv (trial,up,down), .mat or .h5 file in the data "
        "root.",
    )

    @property
    def pole_fields(self) -> list[forms.BoundField]:
        """The fields for the position of the pole."""
        names = ("video", "frame", "x", "y", "template_px", "crop_px")
        return [self[name] for name in names]

    @property
    def video_fields(self) -> list[forms.BoundField]:
        """The fields for the videos."""
        return [self["numbers"], self["left_out"]]

    @property
    def session_fields(self) -> list[forms.BoundField]:
        """The remaining fields, for the session."""
        others = {"folder", *(field.name for field in self.pole_fields)}
        others |= {field.name for field in self.video_fields}
        return [field for field in self if field.name not in others]

    @property
    def tracking_request(self) -> TrackingRequest:
        """The form's values as a request for tracking."""
        values = dict(self.cleaned_data)
        about = {key: values.pop(key) for key in ("rate_hz", "animal", "rig")}
        return TrackingRequest(**values, about=about)


class TrialForm(forms.Form):
    """Corrections of a trial; empty fields: as in the session file."""

    pole_up = forms.FloatField(required=False, min_value=0)
    pole_down = forms.FloatField(required=False, min_value=0)
    excluded_because = forms.CharField(required=False, max_length=300)


class FrameForm(forms.Form):
    """A frame of a video."""

    folder = forms.CharField(max_length=500)
    video = forms.CharField(max_length=300)
    frame = forms.IntegerField(required=False, min_value=0)


def initial_of(request: TrackingRequest) -> dict[str, Any]:
    """Return the form's initial values for an earlier request."""
    values = {field.name: getattr(request, field.name) for field in fields(request)}
    values["numbers"] = "\n".join(
        f"{name} = {number}" for name, number in request.numbers.items()
    )
    values["left_out"] = "\n".join(request.left_out)
    return {**values, **request.about}


def first_request(folder: str) -> TrackingRequest:
    """Return default values for a folder that was never tracked."""
    name = PurePosixPath(folder).name or "session"
    return TrackingRequest(folder=folder, out=f"{name}.h5", x=0, y=0)
