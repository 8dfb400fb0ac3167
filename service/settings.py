"""Settings from the environment (``PASSERELLE_*``) or a ``.env`` file. Unset means embedded."""

import re
from email.utils import parseaddr
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.language import Language

PREFIX = "PASSERELLE_"
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
DATABASE_SCHEMES = ("sqlite", "postgresql", "postgresql+psycopg")
BROKER_SCHEMES = ("redis", "rediss", "amqp", "amqps")
SMTP_SCHEMES = ("smtp", "smtps")


class SettingsError(Exception):
    """A setting that cannot work; its text is one line that names the variable and the mend."""


NO_LIMIT = "off"
RATE_LIMIT = re.compile(rf"[1-9]\d{{0,8}}/(second|minute|hour|day)|{NO_LIMIT}")
"""How much in what time, in the notation of the ``limits`` library."""


class Settings(BaseSettings):
    """How this installation runs. Every field is the environment variable of its name with the prefix."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    database_url: str | None = None
    broker_url: SecretStr | None = None
    smtp_url: SecretStr | None = None
    mail_from: str | None = None
    public_url: str = "http://127.0.0.1:8000"
    secret_key: SecretStr | None = None
    data_dir: Path = Field(default=Path("var"))
    default_language: Language = Language.FR
    max_projects: int = Field(default=30, ge=1)
    max_open_requests: int = Field(default=20, ge=1)
    rate_limit_token: str = "3000/minute"  # noqa: S105 - how much its holder may ask for
    rate_limit_address: str = "1200/minute"
    rate_limit_failures: str = "100/minute"
    trusted_proxies: str = "127.0.0.1,::1"

    @field_validator("database_url", "broker_url", "smtp_url", "mail_from", "secret_key", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str | None) -> str | None:
        return _with_scheme(value, DATABASE_SCHEMES)

    @field_validator("broker_url")
    @classmethod
    def _known_broker(cls, value: SecretStr | None) -> SecretStr | None:
        _with_scheme(value.get_secret_value() if value else None, BROKER_SCHEMES)
        return value

    @field_validator("smtp_url")
    @classmethod
    def _known_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        given = _with_scheme(value.get_secret_value() if value else None, SMTP_SCHEMES)
        if given is not None and not urlsplit(given).hostname:
            raise ValueError("name the mail server, such as smtp://mail.example.org:587")
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail_address(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                validate_email(parseaddr(value)[1], check_deliverability=False, test_environment=True)
            except EmailNotValidError:
                raise ValueError("give an address such as Passerelle <news@example.org>") from None
        return value

    @field_validator("rate_limit_token", "rate_limit_address", "rate_limit_failures")
    @classmethod
    def _amount_in_a_time(cls, value: str) -> str:
        if not RATE_LIMIT.fullmatch(value):
            raise ValueError(f"write it as 1200/minute, or {NO_LIMIT}")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, value: str) -> str:
        for each in value.split(","):
            try:
                ip_network(each.strip())
            except ValueError:
                raise ValueError("give addresses or networks with commas, such as 10.0.0.0/8,::1") from None
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname:
            raise ValueError("give an address such as https://passerelle.example.org")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _secret_where_public(self) -> "Settings":
        if urlsplit(self.public_url).hostname not in LOCAL_HOSTS and not self.secret_key:
            raise ValueError(
                f"{PREFIX}SECRET_KEY is missing: a public address needs one; "
                "set it to 32 or more random characters"
            )
        return self

    @cached_property
    def sender(self) -> str:
        """Whom mail comes from; by default ``passerelle`` at the public address's host."""
        host = urlsplit(self.public_url).hostname or "localhost"
        if self.mail_from is not None:
            return self.mail_from
        return f"Passerelle <passerelle@{'localhost' if host in LOCAL_HOSTS else host}>"

    @cached_property
    def mail_folder(self) -> Path:
        """Where mail is written while no mail server is set."""
        return self.data_dir / "mail"

    @cached_property
    def broker_tls(self) -> dict[str, str | bool] | None:
        """What kombu needs for ``rediss://`` to verify certificates; ``amqps://`` does so by itself."""
        url = self.broker_url.get_secret_value() if self.broker_url else ""
        verified: dict[str, str | bool] = {"ssl_cert_reqs": "required", "ssl_check_hostname": True}
        return verified if url.startswith("rediss:") else None

    @cached_property
    def database(self) -> str:
        """The database's address; by default SQLite in the data folder."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir.resolve() / 'passerelle.sqlite3'}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)


def _with_scheme(value: str | None, schemes: tuple[str, ...]) -> str | None:
    if value is not None and urlsplit(value).scheme not in schemes:
        raise ValueError("it must begin with " + ", ".join(f"{scheme}://" for scheme in schemes))
    return value


def load_settings(**overrides: object) -> Settings:
    """Read the settings; raises :class:`SettingsError` with one line that says what to mend."""
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]  # validated by Pydantic
    except ValidationError as error:
        first = error.errors()[0]
        reason = first["msg"].removeprefix("Value error, ")
        variable = f"{PREFIX}{str(first['loc'][0]).upper()}: " if first["loc"] else ""
        raise SettingsError(f"{variable}{reason}") from None
