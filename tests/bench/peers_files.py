"""Creation of test data: each kind of WhACC's files, written by WhACC itself.

This script created tests/data/whacc_3lag.h5, whacc_final_part.h5 and
whacc_final_combined.h5 from the first frames of a session:

    make bench-peers          # once, for WhACC's environment
    .venv-peers/bin/python tests/bench/peers_files.py tests/data

WhACC is not modified. Its network has random weights; the files only contain its scores
and the features. Images and features are compressed with gzip afterwards.
"""

import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np
from peers_whacc import stand_in_for_tkinter
from whacc_backbone import randomize, whacc_model

N_TRIALS, FRAMES_OF_TRIAL, FRAMES_IN_SOURCE = 2, 8, 40
BASE = "AH0407x160609"


def main() -> None:
    stand_in_for_tkinter()
    data = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        session = Path(name) / f"{BASE}.h5"
        cut_session(data / "whacc_session_small.h5", session)
        lags, part, combined = files_of_whacc(session)
        write_compressed(lags, data / "whacc_3lag.h5")
        write_compressed(part, data / "whacc_final_part.h5")
        write_compressed(combined, data / "whacc_final_combined.h5")


def cut_session(source: Path, target: Path) -> None:
    """Write a session file with the first frames of the first trials."""
    rows = np.concatenate(
        [FRAMES_IN_SOURCE * k + np.arange(FRAMES_OF_TRIAL) for k in range(N_TRIALS)]
    )
    with h5py.File(source, locking=False) as old, h5py.File(target, "w") as new:
        n_frames = len(old["images"])
        for key, stored in old.items():
            values = stored[()]
            if key == "frame_nums":
                values = values[:N_TRIALS] * 0 + FRAMES_OF_TRIAL
            elif key == "trial_nums_and_frame_nums":
                values = values[:, :N_TRIALS]
                values[1] = FRAMES_OF_TRIAL
            elif key == "full_file_names":
                values = values[:N_TRIALS]
            elif stored.shape[:1] == (n_frames,):
                values = values[rows]
            new.create_dataset(key, data=values, dtype=stored.dtype)


def files_of_whacc(session: Path) -> tuple[Path, Path, Path]:
    """Run the stages of WhACC's `batch_process_videos_on_colab`; return its files."""
    from tensorflow import keras
    from whacc import feature_maker, image_tools, utils

    whole = whacc_model(keras)
    randomize(whole, keras)
    network = keras.models.Model(whole.input, whole.layers[191].output)
    network.compile()

    base = str(session)
    lags = base.replace(".h5", "_3lag.h5")
    image_tools.convert_to_3lag(base, lags)
    units = lags.replace(".h5", "_feature_data.h5")
    images = image_tools.ImageBatchGenerator(500, lags, label_key="labels")
    feature_maker.convert_h5_to_feature_h5(network, images, units)
    part = base.replace(".h5", f"_final_to_combine_1_to_{N_TRIALS}_of_{N_TRIALS}.h5")
    feature_maker.standard_feature_generation2(units, write_to_this_h5=part)
    scores = image_tools.get_h5_key_and_concatenate(units, "CNN_pred").flatten()
    utils.overwrite_h5_key(part, "CNN_pred", scores)
    utils.copy_over_all_non_image_keys(base, part)
    lag_images = image_tools.get_h5_key_and_concatenate(lags, "images")
    utils.overwrite_h5_key(part, "images", lag_images)
    utils.combine_final_h5s([part])
    combined = base.replace(".h5", "_final_combined.h5")
    utils.make_final_predictions_GBM([combined])
    return Path(lags), Path(part), Path(combined)


def write_compressed(source: Path, target: Path) -> None:
    with h5py.File(source) as old, h5py.File(target, "w") as new:
        for key, stored in old.items():
            options = {}
            if key in ("images", "final_features_2105"):
                options = {"compression": "gzip", "chunks": stored.chunks or True}
            new.create_dataset(key, data=stored[()], dtype=stored.dtype, **options)


if __name__ == "__main__":
    main()
