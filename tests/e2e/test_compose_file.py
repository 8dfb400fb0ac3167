"""``docker-compose.yml`` and the Dockerfile say what this version understands; the schema is checked by ``make check``."""

import re
from pathlib import Path
from typing import Any

import yaml
from typer.main import get_command

from console.main import app
from service.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if service.get("build") == "."}
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def test_each_role_is_a_command_of_ours() -> None:
    commands = set(getattr(get_command(app), "commands", {}))
    assert set(OURS) == {"setup", "api", "worker", "beat"}
    for service in OURS.values():
        assert service["command"][0] in commands


def test_each_setting_is_known() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for service in OURS.values():
        assert set(service["environment"]) <= known


def test_every_service_that_stays_has_a_health_check() -> None:
    for name, service in COMPOSE["services"].items():
        assert name == "setup" or "healthcheck" in service, name


def test_one_slim_image_without_root_serves_all_roles() -> None:
    assert {service["image"] for service in OURS.values()} == {"passerelle"}
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["python:3.11-slim"] * 2
    last = DOCKERFILE.rpartition("FROM ")[2]
    assert "USER passerelle" in last


def test_the_image_holds_every_room() -> None:
    rooms = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE))
    built = re.search(r"module-name = \[(.*?)\]", (ROOT / "pyproject.toml").read_text("utf-8"))
    assert built is not None
    assert rooms == set(re.findall(r'"(\w+)"', built[1]))
    kept = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {f"!{room}" for room in rooms} <= set(kept)
