"""Numbers that are kept by name: change sequences, and which version of what is loaded."""

from sqlmodel import Session, col, select, update

from service.db.bulk import insert_if_absent
from service.db.tables import Counter


def counter_values(session: Session) -> dict[str, int]:
    """All counters by name, in one query."""
    return dict(session.execute(select(Counter.name, Counter.value)).all())


def counter_value(session: Session, name: str) -> int:
    """What a counter says; 0 while there is none."""
    counter = session.get(Counter, name)
    return counter.value if counter else 0


def set_counter(session: Session, name: str, value: int) -> None:
    """Store what a counter says."""
    if not insert_if_absent(session, Counter, {"name": name, "value": value}):
        session.execute(update(Counter).where(col(Counter.name) == name).values(value=value))


def next_changes(session: Session, sequence: str, count: int = 1) -> int:
    """Take ``count`` numbers of a change sequence; the first of them. Commits follow the numbers' order.

    From here to the commit no other writer of this sequence gets further than this line: what is checked
    after it holds until the commit.
    """
    statement = (
        update(Counter)
        .where(col(Counter.name) == sequence)
        .values(value=Counter.value + count)
        .returning(col(Counter.value))
    )
    return int(session.execute(statement).scalar_one()) - count + 1
