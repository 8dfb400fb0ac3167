"""How often suggestions come, in words."""

from schemas.translation import Message, message

FREQUENCIES: dict[str, Message] = {
    "immediately": message("as soon as there is something new"),
    "daily": message("once a day at most"),
    "weekly": message("once a week at most"),
    "monthly": message("once a month at most"),
}
