"""The data folder is for its owner only, and says at which address it is served."""

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from console.data_folder import make_private, note_address, with_noted_address
from service.settings import Settings


def test_commands_beside_it_take_the_address_of_the_last_up(tmp_path: Path) -> None:
    unset = Settings(data_dir=tmp_path, _env_file=None)
    assert with_noted_address(unset) is unset
    note_address(tmp_path, "http://127.0.0.1:8101")
    assert with_noted_address(unset).public_url == "http://127.0.0.1:8101"
    named = Settings(
        data_dir=tmp_path, public_url="https://p.example.org", secret_key=SecretStr("x" * 32), _env_file=None
    )
    assert with_noted_address(named) is named


@pytest.mark.parametrize(("before", "after"), [(0o755, 0o700), (0o777, 0o700), (0o1777, 0o1777)])
def test_a_folder_of_a_former_version_is_taken_from_others_eyes(
    tmp_path: Path, before: int, after: int
) -> None:
    folder = tmp_path / "var"
    folder.mkdir()
    file = folder / "passerelle.sqlite3"
    file.touch()
    file.chmod(0o644)
    folder.chmod(before)
    make_private(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == after
    assert stat.S_IMODE(file.stat().st_mode) == (0o600 if after == 0o700 else 0o644)
    make_private(tmp_path / "new" / "var")
    assert stat.S_IMODE((tmp_path / "new" / "var").stat().st_mode) == 0o700
