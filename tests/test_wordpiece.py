"""Word pieces: known splits of a small vocabulary, and offsets that always slice the text."""

from hypothesis import given
from hypothesis import strategies as st

from dragoman.wordpiece import WordPiece

PIECES = WordPiece(
    {p: i for i, p in enumerate("[UNK] the rebel ##s with ##dre ##w cafe £1 . 2 - backed 軍 ' s".split())}
)
NAMES = {i: p for p, i in PIECES.vocabulary.items()}


def split(text):
    return [NAMES[i] for i in PIECES.encode(text).ids]


def test_the_longest_piece_goes_first():
    assert split("The rebels withdrew") == ["the", "rebel", "##s", "with", "##dre", "##w"]


def test_punctuation_stands_alone_and_a_currency_sign_does_not():
    assert split("rebel-backed £1.2") == ["rebel", "-", "backed", "£1", ".", "2"]


def test_accents_are_dropped_and_ideographs_stand_alone():
    assert split("Café 軍軍") == ["cafe", "軍", "軍"]


def test_a_word_that_fits_nothing_is_unknown_as_a_whole():
    assert split("rebelx the") == ["[UNK]", "the"]


@given(st.text(max_size=60))
def test_offsets_lie_in_the_text_in_order(text):
    pieces = PIECES.encode(text)
    assert len(pieces.ids) == len(pieces.offsets)
    assert all(0 <= a <= b <= len(text) for a, b in pieces.offsets)
    assert pieces.offsets == sorted(pieces.offsets)
