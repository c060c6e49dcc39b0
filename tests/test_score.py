"""The figures that `dragoman eval` prints about confidence."""

from __future__ import annotations

import pytest

from dragoman.pipeline import Coder
from dragoman.records import Document
from dragoman.score import Result, Tally, calibration_error, reliability

LEVELS = [(0.95, True), (0.91, True), (0.99, False), (0.55, True), (0.51, False), (1.0, True)]


def test_each_tenth_of_confidence_tells_how_many_of_its_records_are_right() -> None:
    low, high = reliability(LEVELS)
    assert low == (pytest.approx(0.53), 2, 0.5)
    assert high == (pytest.approx(0.9625), 4, 0.75)


def test_the_calibration_error_weighs_each_tenth_by_its_records() -> None:
    assert calibration_error(LEVELS) == pytest.approx((2 * 0.03 + 4 * 0.2125) / 6)
    assert calibration_error([]) == 0.0


def test_eval_prints_the_curve_and_the_reliability() -> None:
    total = Tally()
    total.levels = list(LEVELS)
    total.hit = 4
    shown = Result(1, total, {}).render()
    assert "confidence at least, precision, recall" in shown
    assert "0.96     4  0.75" in shown


def test_a_higher_threshold_keeps_a_part_of_the_records() -> None:
    report = Document(
        "a", None, "Rebels shelled Goma on Monday. Villagers feared that the army would bomb them.", "2024-08-19"
    )
    every, sure = Coder().code(report), Coder(min_confidence=0.8).code(report)
    assert [e.id for e in sure] == [e.id for e in every if e.confidence >= 0.8]
    assert 0 < len(sure) < len(every)
