"""Work in the background: a window that is drawn meanwhile does not wait long for Python."""

from __future__ import annotations

import sys
import threading

import pytest
from qgis_builders import finish

from joptimiz_qgis.gui.background import BackgroundWork

USUAL_S = 0.005
"""Python's own: https://docs.python.org/3/library/sys.html#sys.setswitchinterval"""


@pytest.fixture(autouse=True)
def usual_turns():
    sys.setswitchinterval(USUAL_S)
    yield
    sys.setswitchinterval(USUAL_S)


@pytest.fixture
def at_work():
    """Start works that wait; end them with `let_go`."""

    class Started:
        def __init__(self):
            self.gates, self.ended = [], []

        def start(self, fails=False):
            gate = threading.Event()
            self.gates.append(gate)

            def work(_progress):
                gate.wait(10)
                if fails:
                    raise ValueError("not foreseen")

            BackgroundWork("waits", work, lambda *how: self.ended.append(how)).start()

        def let_go(self, number=0):
            before = len(self.ended)
            self.gates[number].set()
            finish(lambda: len(self.ended) > before)

    return Started()


def test_python_gives_way_often_while_work_is_done_and_as_always_afterwards(at_work):
    at_work.start()
    during = sys.getswitchinterval()
    at_work.let_go()
    assert during < USUAL_S / 10
    assert sys.getswitchinterval() == pytest.approx(USUAL_S)


def test_the_last_of_two_pieces_of_work_puts_it_back(at_work):
    at_work.start()
    at_work.start()
    at_work.let_go(0)
    assert sys.getswitchinterval() < USUAL_S / 10
    at_work.let_go(1)
    assert sys.getswitchinterval() == pytest.approx(USUAL_S)


def test_it_is_put_back_where_work_fails(at_work):
    at_work.start(fails=True)
    at_work.let_go()
    assert at_work.ended[0][1]  # a sentence
    assert sys.getswitchinterval() == pytest.approx(USUAL_S)


def test_a_shorter_turn_of_another_plugin_is_kept(at_work):
    sys.setswitchinterval(1e-5)
    at_work.start()
    during = sys.getswitchinterval()
    at_work.let_go()
    assert during == pytest.approx(1e-5)
    assert sys.getswitchinterval() == pytest.approx(1e-5)
