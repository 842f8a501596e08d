"""folders: paths that never leave the repository."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assetgen.refs.folders import clamped, joined

_PARTS = st.lists(st.sampled_from(["..", ".", "", "a", "b"]), max_size=8).map("/".join)


@given(folder=st.sampled_from(["", "a", "a/b"]), path=_PARTS)
def test_a_joined_or_clamped_path_stays_in_the_repository(folder: str, path: str) -> None:
    inside = joined(folder, path)
    assert inside is None or not {"..", "."} & set(inside.split("/"))
    assert not {"..", "."} & set(clamped(folder, path).split("/"))
    assert inside is None or inside == clamped(folder, path)
