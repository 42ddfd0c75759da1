import numpy as np

from models_ml.features.workspace import Workspace


def test_memory_is_used_again_by_what_is_not_larger():
    workspace = Workspace()
    first = workspace.array("sums", (3, 4))
    first[...] = 7

    second = workspace.array("sums", (2, 5), np.float32)

    assert np.shares_memory(first, second)
    assert second.shape == (2, 5)
    assert second.dtype == np.float32
    assert second.flags.c_contiguous


def test_memory_of_another_name_or_a_larger_array_is_apart():
    workspace = Workspace()
    first = workspace.array("sums", (3, 4))

    assert not np.shares_memory(first, workspace.array("squares", (3, 4)))
    assert not np.shares_memory(first, workspace.array("sums", (4, 4)))
