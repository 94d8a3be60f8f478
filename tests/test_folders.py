"""The user's folders are the ones that platformdirs gives."""

import sys

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custledger import folders

paths = st.sampled_from(["", "/home/ann", "/tmp/x y", "relative", "~/x", " /padded ", "/客户", "/a/"])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs itself is asked")
@given(paths.filter(lambda path: path.startswith("/")), paths)
def test_they_are_those_of_platformdirs(home: str, told: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", home)
        for variable in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            patch.setenv(variable, told) if told else patch.delenv(variable, raising=False)
        assert same(folders.config_folder(), platformdirs.user_config_dir("custledger", appauthor=False))
        assert same(folders.cache_folder(), platformdirs.user_cache_dir("custledger", appauthor=False))


def same(ours: str, theirs: str) -> bool:
    return ours.replace("//", "/") == theirs.replace("//", "/")
