"""Whether what is stored can be kept: free space, write access, and a database that is whole."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from service.db.faults import TO_OPERATORS, StorageFault, fault_of
from service.health.database_repository import first_damage, takes_writes
from service.health.findings import FailingError
from service.settings import PREFIX, Settings

LEAST_FREE_BYTES = 32 * 2**20
PROBE = b"\0" * 4096
LEAST_SECONDS_BETWEEN = 60.0
SHARE_OF_TIME = 1 / 200
"""How much of the time may go into looking for damage, however large the database is."""


class _Inspection(NamedTuple):
    """When a database was last looked through, how long that took, and the damage that was found."""

    at: float
    seconds: float
    damage: str | None


_inspections: WeakKeyDictionary[Engine, _Inspection] = WeakKeyDictionary()


def check_storage(engine: Engine, settings: Settings) -> str:
    """How much room there is; raises ``FailingError`` where something cannot be kept."""
    if engine.dialect.name == "sqlite":
        _check_file(engine)
    elif not takes_writes(engine):
        raise FailingError(
            "the database takes no writes; it is a copy that follows another, or set to read-only"
        )
    rooms = [_room_in(folder) for folder in dict.fromkeys(_folders(engine, settings))]
    return "; ".join(rooms) or "takes writes"


def _folders(engine: Engine, settings: Settings) -> Iterator[Path]:
    """The folders that are written to."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        yield Path(engine.url.database).resolve().parent
    if settings.smtp_url is None or settings.secret_key is None:
        folder = settings.data_dir.resolve()
        yield next(place for place in (folder, *folder.parents) if place.exists())


def _check_file(engine: Engine) -> None:
    file = Path(engine.url.database or "")
    if not file.is_file():
        raise FailingError(
            f"{file} is not there; restore a backup, passerelle restore FILE, or start with an empty one: passerelle up"
        )
    inspection = _inspections.get(engine)
    if inspection is None or _is_old(inspection):
        begun = time.monotonic()
        damage = first_damage(engine)
        inspection = _Inspection(time.monotonic(), time.monotonic() - begun, damage)
        _inspections[engine] = inspection
    if inspection.damage:
        said = TO_OPERATORS[StorageFault.DAMAGED].format(where=file)
        raise FailingError(f"{said} ({inspection.damage})")


def _is_old(inspection: _Inspection) -> bool:
    pause = max(LEAST_SECONDS_BETWEEN, inspection.seconds / SHARE_OF_TIME)
    return time.monotonic() - inspection.at > pause


def _room_in(folder: Path) -> str:
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        raise FailingError(f"{folder} has {_megabytes(free)} of free space left; make room")
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(PROBE)
            probe.flush()
    except OSError as error:
        if fault_of(error) is StorageFault.FULL:
            raise FailingError(f"{folder} takes no more; make room, or raise its quota") from None
        raise FailingError(
            f"{folder} cannot be written to ({error.strerror}); change its owner or mount, or {PREFIX}DATA_DIR"
        ) from None
    return f"{folder} is writable, with {_megabytes(free)} free"


def _megabytes(count: int) -> str:
    return f"{count / 2**30:.1f} GB" if count >= 2**30 else f"{count // 2**20} MB"
