"""Numbers are believed only if the manifest knows them."""

import pytest

from alliance_cohesion.report.folder import FolderError
from alliance_cohesion.report.numbers import read_numbers

from .cases import timeline


@pytest.mark.parametrize("sha256", [None, "", "0" * 64])
def test_numbers_without_their_hash_in_the_manifest_are_refused(tmp_path, sha256):
    timeline().data.to_netcdf(tmp_path / "histories.nc", engine="h5netcdf")
    with pytest.raises(FolderError, match="not as it was written"):
        read_numbers(tmp_path / "histories.nc", sha256)
