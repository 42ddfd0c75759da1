import numpy as np

from models_ml.features.workspace import Workspace


def test_a_later_array_that_is_not_larger_reuses_the_memory():
    workspace = Workspace()
    first = workspace.array("sums", (3, 4))
    first[...] = 7

    second = workspace.array("sums", (2, 5), np.float32)

    assert np.shares_memory(first, second)
    assert second.shape == (2, 5)
    assert second.dtype == np.float32
    assert second.flags.c_contiguous


def test_another_name_or_a_larger_array_has_its_own_memory():
    workspace = Workspace()
    first = workspace.array("sums", (3, 4))

    assert not np.shares_memory(first, workspace.array("squares", (3, 4)))
    assert not np.shares_memory(first, workspace.array("sums", (4, 4)))
