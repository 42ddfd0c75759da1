"""What an admin says of videos that are to be tracked."""

from dataclasses import fields
from pathlib import PurePosixPath
from typing import Any

from django import forms

from labeling.domain.tracking.plan import TrackingRequest

TRIAL_NUMBER_MAX = 999_999_999
TEXT_MAX = 1_000_000


class NumbersField(forms.CharField):
    """Lines such as `video.mp4 = 12`, as a dict."""

    def clean(self, value: Any) -> Any:
        """Return numbers by file name."""
        numbers = {}
        for line in str(super().clean(value)).splitlines():
            name, is_there, number = (part.strip() for part in line.rpartition("="))
            if not line.strip():
                continue
            is_number = number.isascii() and number.isdecimal()
            if not (is_there and name and is_number and len(number) <= 9):
                raise forms.ValidationError(
                    f"Expected lines such as video.mp4 = 12, found {line!r}: mend it."
                )
            numbers[name] = int(number)
        return numbers


class NamesField(forms.CharField):
    """A file name a line, as a list."""

    def clean(self, value: Any) -> Any:
        """Return the names."""
        lines = str(super().clean(value)).splitlines()
        return [line.strip() for line in lines if line.strip()]


class TrackingForm(forms.Form):
    """Choose the pole and describe the session."""

    folder = forms.CharField(max_length=500, widget=forms.HiddenInput)
    video = forms.CharField(
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"list": "videos", "autocomplete": "off"}),
    )
    frame = forms.IntegerField(
        required=False, min_value=0, help_text="Left empty: the middle one."
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
        label="Trial numbers by hand",
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "video.mp4 = 12"}),
        help_text="A video a line, where the number in its name is not the trial's.",
    )
    left_out = NamesField(
        label="Videos to leave out",
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="A file name a line.",
    )
    session_name = forms.CharField(max_length=200, required=False)
    out = forms.CharField(
        label="Session file",
        max_length=500,
        help_text="A new file below the data root that ends in .h5.",
    )
    rate_hz = forms.FloatField(
        label="Camera (Hz)", initial=1000, min_value=0.001, help_text="Frames a second."
    )
    animal = forms.CharField(max_length=100, required=False)
    rig = forms.CharField(max_length=100, required=False)
    find_pole_times = forms.BooleanField(
        label="See in the videos when the pole is in reach",
        required=False,
        initial=True,
    )
    pole_times_file = forms.CharField(
        label="Pole times",
        max_length=500,
        required=False,
        help_text="A .csv (trial,up,down), .mat or .h5 below the data root, if any.",
    )

    @property
    def pole_fields(self) -> list[forms.BoundField]:
        """What says where the pole is."""
        names = ("video", "frame", "x", "y", "template_px", "crop_px")
        return [self[name] for name in names]

    @property
    def video_fields(self) -> list[forms.BoundField]:
        """What says which video is which trial."""
        return [self["numbers"], self["left_out"]]

    @property
    def session_fields(self) -> list[forms.BoundField]:
        """What is left: the session itself."""
        said = {"folder", *(field.name for field in self.pole_fields)}
        said |= {field.name for field in self.video_fields}
        return [field for field in self if field.name not in said]

    @property
    def asked(self) -> TrackingRequest:
        """What was asked for, as tracking takes it."""
        said = dict(self.cleaned_data)
        about = {key: said.pop(key) for key in ("rate_hz", "animal", "rig")}
        return TrackingRequest(**said, about=about)


class TrialForm(forms.Form):
    """What somebody says of a trial by hand; left empty, the file tells."""

    pole_up = forms.FloatField(required=False, min_value=0)
    pole_down = forms.FloatField(required=False, min_value=0)
    excluded_because = forms.CharField(required=False, max_length=300)


class FrameForm(forms.Form):
    """Which frame of which video."""

    folder = forms.CharField(max_length=500)
    video = forms.CharField(max_length=300)
    frame = forms.IntegerField(required=False, min_value=0)


def initial_of(request: TrackingRequest) -> dict[str, Any]:
    """Return an earlier request as the form's first values."""
    said = {field.name: getattr(request, field.name) for field in fields(request)}
    said["numbers"] = "\n".join(
        f"{name} = {number}" for name, number in request.numbers.items()
    )
    said["left_out"] = "\n".join(request.left_out)
    return {**said, **request.about}


def first_request(folder: str) -> TrackingRequest:
    """Return what is proposed for a folder that nothing is known of."""
    name = PurePosixPath(folder).name or "session"
    return TrackingRequest(folder=folder, out=f"{name}.h5", x=0, y=0)
