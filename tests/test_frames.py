"""Every row of the event lexicon keeps its word: its example is coded as it says, its counter-example is not."""

import shutil
from importlib import resources

import pytest

from dragoman import lexicon as lexicons
from dragoman.codebook import load
from dragoman.errors import CodebookError
from dragoman.lexicon import lexicon
from dragoman.pipeline import batches, read_batch
from dragoman.records import Document

DAY = "2024-05-15"


def coded(texts):
    """The drafts of each text, in order."""
    documents = [Document(str(i), None, text, DAY) for i, text in enumerate(texts)]
    return [reading.drafts for batch in batches(documents, 256) for reading in read_batch(batch)]


@pytest.fixture(scope="module")
def frames():
    return lexicon().frames


def test_every_example_is_coded_as_its_frame_says(frames):
    wrong = [
        f"{f.id}: {f.example!r} gave {[(d.type, d.mode) for d in drafts]}, not {f.type}/{f.mode}"
        for f, drafts in zip(frames, coded([f.example for f in frames]), strict=True)
        if not any(d.type == f.type and (f.mode is None or d.mode == f.mode) for d in drafts)
    ]
    assert not wrong, "\n".join([f"{len(wrong)} of {len(frames)}", *wrong])


def test_no_counter_example_is_coded_by_its_frame(frames):
    asked = [f for f in frames if f.counter]
    wrong = [
        f"{f.id}: {f.counter!r} gave {f.type}"
        for f, drafts in zip(asked, coded([f.counter for f in asked]), strict=True)
        if any(d.frame == f.id and d.type == f.type for d in drafts)
    ]
    assert not wrong, "\n".join([f"{len(wrong)} of {len(asked)}", *wrong])


def test_types_modes_and_codes_stand_in_the_codebook(frames):
    book = load()
    for f in frames:
        assert f.type in book.types, f.id
        assert f.mode is None or f.mode in {m.name for m in book.modes_of(f.type)}, f.id
        assert f.cameo is None or f.cameo in book.cameo, f.id


def test_every_type_has_frames(frames):
    assert {f.type for f in frames} == set(load().types)


def test_an_unknown_class_is_named_with_the_row_that_asks_for_it(tmp_path):
    folder = tmp_path / "en"
    shutil.copytree(resources.files("dragoman") / "data" / "lexicons" / "en", folder)
    with (folder / "modes.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[rule]]\ntype = "ASSAULT"\nmode = "drone"\nwhen = [{ subject = ["@dron"] }]\n')
    with pytest.raises(CodebookError, match=r"modes\.toml: ASSAULT/drone: unknown class @dron"):
        lexicons.load(folder)
