"""Threads are started while work waits and the processor does not, and not otherwise."""

from __future__ import annotations

import threading

from scraper.executing.hands import FIRST, Hands


class Machine:
    """A clock, and the processor time that was spent by it."""

    def __init__(self) -> None:
        self.now = self.spent = 0.0

    def go_on(self, busy: float) -> None:
        self.now += 0.1
        self.spent += 0.1 * busy


def hands(machine: Machine, most: int) -> Hands:
    return Hands(lambda: None, most, spent=lambda: machine.spent, monotonic=lambda: machine.now)


def test_a_few_begin_at_once_and_never_more_than_allowed() -> None:
    assert [hands(Machine(), most).count for most in (1, 2, 16)] == [1, FIRST, FIRST]


def test_another_is_started_for_as_long_as_work_waits_and_the_processor_is_idle() -> None:
    machine = Machine()
    some = hands(machine, 5)
    for _ in range(10):
        machine.go_on(busy=0.2)
        some.suffice(waiting=True)
    assert some.count == 5
    assert some.look_in is None, "there is nothing to ask again"


def test_none_is_started_where_nothing_waits_or_the_processor_is_busy() -> None:
    machine = Machine()
    some = hands(machine, 5)
    for busy, waiting in ((0.2, False), (0.95, True), (1.0, True)):
        machine.go_on(busy)
        some.suffice(waiting=waiting)
    assert some.count == FIRST
    assert some.look_in is not None


def test_a_moment_too_short_to_tell_counts_for_nothing() -> None:
    machine = Machine()
    some = hands(machine, 5)
    for _ in range(20):
        machine.now += 0.001
        some.suffice(waiting=True)
    assert some.count == FIRST


def test_each_does_the_work() -> None:
    at_work = threading.Barrier(FIRST + 1, timeout=10)

    def work() -> None:
        at_work.wait()

    Hands(work, FIRST)
    at_work.wait()
