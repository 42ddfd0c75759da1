"""`manage.py track_videos FOLDER`: create a session from a folder of videos."""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser

from labeling.domain.tracking.plan import TrackingRequest, plan_tracking
from labeling.domain.tracking.run import track_videos
from labeling.management.lab_command import LabCommand, file_below_data_root


class Command(LabCommand):
    help = "Track the pole in videos below the data root, and create a session."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", help="a path, or a path relative to the data root"
        )
        parser.add_argument("--out", required=True, help="the session file to write")
        parser.add_argument(
            "--template",
            required=True,
            type=_position,
            metavar="X,Y",
            help="the centre of the pole in a frame, in pixels",
        )
        parser.add_argument(
            "--template-video", default="", help="the video of that frame (the first)"
        )
        parser.add_argument(
            "--template-frame",
            type=int,
            help="number of that frame, from 0 (the middle one)",
        )
        parser.add_argument(
            "--template-px", type=int, default=61, help="side of the template (61)"
        )
        parser.add_argument(
            "--crop-px", type=int, default=61, help="side of the crops (61)"
        )
        parser.add_argument(
            "--session-name", default="", help="default: the name of the videos"
        )
        parser.add_argument(
            "--trial-number",
            action="append",
            default=[],
            type=_trial_number,
            metavar="VIDEO=NUMBER",
            help="replaces the number in the name of the video",
        )
        parser.add_argument("--leave-out", action="append", default=[], metavar="VIDEO")
        parser.add_argument(
            "--pole-times",
            default="video",
            metavar="FILE",
            help="a .csv (trial,up,down), .mat or .h5 file; 'video' detects them in "
            "the videos (default); 'none' leaves them unknown",
        )
        parser.add_argument(
            "--pole-up-down",
            action="append",
            default=[],
            type=_up_down,
            metavar="TRIAL=UP-DOWN",
            help="the frames with the pole in reach of a trial",
        )
        parser.add_argument(
            "--three-channels",
            action="store_true",
            help="write each grey value three times, for WhACC's labelling window",
        )
        parser.add_argument("--rate-hz", type=float, default=1000.0, help="(1000)")
        parser.add_argument("--animal", default="")
        parser.add_argument("--rig", default="")
        parser.add_argument(
            "--check", action="store_true", help="only list what would be tracked"
        )

    def handle(self, *args: object, **options: Any) -> None:
        request = _request(options)
        if options["check"]:
            self._print_plan(request)
            return
        tracked = track_videos(user=None, request=request, progress=self.progress)
        for notice in tracked.notices:
            self.stderr.write(notice)
        session = tracked.session
        self.stdout.write(
            f"Tracked session {session.name}: {tracked.n_trials} trials, "
            f"{tracked.n_frames:,} frames of {session.width_px}x{session.height_px}."
        )

    def _print_plan(self, request: TrackingRequest) -> None:
        plan = plan_tracking(request, self.progress)
        for video in plan.videos:
            n_frames = plan.facts[video.path.name].n_frames
            self.stdout.write(
                f"trial {video.number}: {video.path.name}, {n_frames} frames"
            )
        for notice in plan.notices:
            self.stderr.write(notice)


def _request(options: dict[str, Any]) -> TrackingRequest:
    x, y = options["template"]
    pole_times = options["pole_times"]
    is_file = pole_times not in {"video", "none"}
    return TrackingRequest(
        folder=file_below_data_root(options["folder"]),
        out=file_below_data_root(options["out"]),
        x=x,
        y=y,
        session_name=options["session_name"],
        video=options["template_video"],
        frame=options["template_frame"],
        template_px=options["template_px"],
        crop_px=options["crop_px"],
        numbers=dict(options["trial_number"]),
        left_out=options["leave_out"],
        find_pole_times=pole_times == "video",
        pole_times_file=file_below_data_root(pole_times) if is_file else "",
        pole_times=dict(options["pole_up_down"]),
        three_channels=options["three_channels"],
        about={key: options[key] for key in ("rate_hz", "animal", "rig")},
    )


def _position(text: str) -> tuple[int, int]:
    try:
        x, y = (int(part) for part in text.split(","))
    except ValueError as error:
        raise ArgumentTypeError(
            f"{text!r} is not a position. Write it as 320,240."
        ) from error
    return x, y


def _trial_number(text: str) -> tuple[str, int]:
    name, _, number = text.rpartition("=")
    if not name or not number.isdecimal():
        raise ArgumentTypeError(f"{text!r} is not VIDEO=NUMBER.")
    return name, int(number)


def _up_down(text: str) -> tuple[str, list[float]]:
    try:
        number, times = text.split("=")
        up, down = times.split("-")
        return str(int(number)), [float(int(up)), float(int(down))]
    except ValueError as error:
        raise ArgumentTypeError(
            f"{text!r} is not TRIAL=UP-DOWN. Write it as 12=200-1800."
        ) from error
