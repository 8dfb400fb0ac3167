"""Leases: who holds them."""

import os
from concurrent.futures import ProcessPoolExecutor

from service.leases import this_process
from tests.forked_commands import SERVER


def test_processes_that_are_forked_from_one_have_names_of_their_own() -> None:
    names = set()
    for _ in range(2):
        with ProcessPoolExecutor(1, SERVER) as forked:
            name = forked.submit(this_process).result()
            assert name == forked.submit(this_process).result()
            assert f":{forked.submit(os.getpid).result()}:" in name
            names.add(name)
    assert len(names | {this_process()}) == 3
