"""The data folder: for its owner's eyes only, whatever the umask, and with the address at which it is served."""

import os
from contextlib import suppress
from pathlib import Path

from service.settings import Settings

ADDRESS_FILE = "address"


def keep_new_files_private() -> None:
    """Have all that this process and its children make be for its owner only: files 600, folders 700."""
    os.umask(0o077)


def make_private(data_dir: Path) -> None:
    """Make the data folder, or take it from others' eyes where it is ours and was made by a former version."""
    data_dir.mkdir(parents=True, exist_ok=True)
    found = data_dir.stat()
    shared = found.st_mode & 0o1000
    if found.st_uid == os.getuid() and not shared:
        data_dir.chmod(0o700)
        for file in data_dir.iterdir():
            with suppress(OSError):
                if file.is_file() and not file.is_symlink():
                    file.chmod(0o600)


def note_address(data_dir: Path, address: str) -> None:
    """Take down where this installation answers, for commands beside it."""
    (data_dir / ADDRESS_FILE).write_text(f"{address}\n")


def with_noted_address(settings: Settings) -> Settings:
    """The settings, with the address of the last ``up`` on their data folder where they name no public one."""
    if "public_url" in settings.model_fields_set:
        return settings
    try:
        address = (settings.data_dir / ADDRESS_FILE).read_text().strip()
    except OSError:
        return settings
    return settings.model_copy(update={"public_url": address}) if address else settings
