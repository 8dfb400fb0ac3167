"""Values that travel through a mail and come back unchanged: signed for one purpose, for a limited time."""

import hashlib
import os
import secrets
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile

from itsdangerous import BadData, URLSafeTimedSerializer

from service.settings import Settings

KEY_FILE = "secret-key"
LONGEST = 400
"""Characters of what is signed with its signature."""


class Purpose(StrEnum):
    """What a signature is good for; for anything else it is none."""

    OPT_IN = "opt-in"


def sign(settings: Settings, purpose: Purpose, *values: str) -> str:
    """The values with the time and a signature (HMAC with SHA-256), in characters that fit into a URL."""
    return _serializer(settings, purpose).dumps(values)


def signed_values(
    settings: Settings, purpose: Purpose, signed: str, valid_for: timedelta
) -> list[str] | None:
    """The values that were signed for this purpose; ``None`` where the signature is not ours or is too old."""
    try:
        values = _serializer(settings, purpose).loads(signed, max_age=int(valid_for.total_seconds()))
    except BadData:
        return None
    return [str(value) for value in values]


def _serializer(settings: Settings, purpose: Purpose) -> URLSafeTimedSerializer:
    options = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    return URLSafeTimedSerializer(_key(settings), salt=f"passerelle.{purpose}", signer_kwargs=options)


def _key(settings: Settings) -> str:
    """``PASSERELLE_SECRET_KEY``, or one that this installation made and keeps in its data folder (mode 600)."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    file = settings.data_dir / KEY_FILE
    if not file.exists():
        _make_key(file)
    return file.read_text().strip()


def _make_key(file: Path) -> None:
    """Write a new key unless another process was faster: both then have the same."""
    with NamedTemporaryFile("w", dir=file.parent, prefix=f"{KEY_FILE}.", suffix=".unfinished") as unfinished:
        unfinished.write(secrets.token_urlsafe(48))
        unfinished.flush()
        try:
            os.link(unfinished.name, file)
        except FileExistsError:
            return
