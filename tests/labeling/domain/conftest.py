"""A simulated recording that alice has labelled, for tests that train.

Models can be imported only when Django is set up, later than this file is read.
"""

import pytest


@pytest.fixture(scope="session")
def rig_file(tmp_path_factory):
    from tests.factories_rig import write_rig

    return write_rig(tmp_path_factory.mktemp("simulated") / "rig.h5")


@pytest.fixture
def rig_session(rig_file, settings):
    from labeling.domain.recordings.sessions import import_session

    settings.WHACC_DATA_ROOT = rig_file.parent
    return import_session(user=None, file=rig_file.name)


@pytest.fixture
def labelled_rig(rig_session):
    """A subset of whole trials that alice labelled as the simulation knows them."""
    from tests.factories import make_user
    from tests.factories_rig import subset_by_truth

    return subset_by_truth(rig_session, [make_user("alice")])
