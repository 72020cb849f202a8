"""What is wrong with predictions, told in one sentence with its count and examples."""

from __future__ import annotations

import contextlib
import gzip
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data import errors
from imnet_data.scoring.predictions import open_predictions
from imnet_data.scoring.predictions.alignment import ImagePlaces, aligned

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [f"ILSVRC2012_val_0000000{i}" for i in range(1, 6)]


def told(
    source: Any, names: list[str] = NAMES, **options: bool
) -> tuple[type[errors.PredictionsError], str]:
    """The sentence that reading to the end comes to."""
    with pytest.raises(errors.PredictionsError) as caught:
        _through(source, names, **options)
    return caught.type, str(caught.value)


def _through(source: Any, names: list[str], **options: bool) -> None:
    with open_predictions(source) as predictions:
        for _ in aligned(predictions, names, **options):
            pass


ROWS = {
    "ragged rows": (
        "image,label\nILSVRC2012_val_00000001,1\nILSVRC2012_val_00000002\nc,3,4\n",
        errors.RowsAtFault,
        (
            "2 rows with another number of fields than the others: "
            "row 2 (1 field, not 2), row 3 (3 fields, not 2)"
        ),
    ),
    "scores that cannot be ranked": (
        "image,logit_0,logit_1\na,.5,nan\nb,1,-inf\nc,inf,3\nd,-inf,-inf\n",
        errors.RowsAtFault,
        "3 rows with NaN or +inf among their scores, or nothing but -inf: a, c, d",
    ),
    "two classes of a row that are none": (
        "image,top1,top2\na,3,4\nb,3.5,4.5\n",
        errors.RowsAtFault,
        "1 row with something that is no class number: b ('3.5')",
    ),
    "a table of models' results": (
        "model,top1,top1_err,param_count\nresnet50,76.1,23.9,25.6\n",
        errors.NotPredictions,
        (
            "this reads as no predictions: it has the figures of models, as timm's validate.py "
            "writes, and no answers"
        ),
    ),
    "lists of another length": (
        "image,logits\na,0.5 0.2 0.1\nb,0.5 0.2\n",
        errors.RowsAtFault,
        "1 row with another number of fields than the others: b (2 scores, not 3)",
    ),
    "scores that are none": (
        "image,logit_0,logit_1\na,.5,.2\nb,x,.1\n",
        errors.RowsAtFault,
        "1 row with something that is no number: b ('x')",
    ),
    "half a class": (
        "image,label\na,3\nb,3.5\n",
        errors.RowsAtFault,
        "1 row with something that is no class number: b ('3.5')",
    ),
    "words that two classes have": (
        "image,label\na,crane\nb,tench\nc,crane\nd,maillot\n",
        errors.UnknownClasses,
        (
            "3 rows with a word for a class that several classes are called by: "
            "'crane' (n02012849, n03126707), 'maillot' (n03710637, n03710721), …"
        ),
    ),
    "words that no class has": (
        "image,label\na,tench\nb,ibex!\n",
        errors.UnknownClasses,
        "1 row with a class that is none of those scored against by that name: 'ibex!'",
    ),
    "objects with other keys": (
        '{"image": "a", "label": 1}\n{"image": "b", "c": 2}\n',
        errors.RowsAtFault,
        "1 row with another number of fields than the others: row 2 (0 fields, not 2)",
    ),
    "JSON that ends too soon": (
        '{"image": "a", "label": 1}\n{"image": "b", "label"\n',
        errors.NotPredictions,
        "this reads as no predictions: Expecting ':' delimiter: line 2 column 1 (char 23) (line 2)",
    ),
    "a model's results": (
        '{"model": "resnet50", "top1": 76.1, "top1_err": 23.9}',
        errors.NotPredictions,
        (
            "this reads as no predictions: it has the figures of models, as timm's validate.py "
            "writes, and no answers"
        ),
    ),
    "images alone": (
        "a.jpg\nb.jpg\n",
        errors.NotPredictions,
        (
            "this reads as no predictions: its first rows name no class of ilsvrc2012, "
            "but 'a.jpg', 'b.jpg'"
        ),
    ),
    "a title alone": ("image,label\n", errors.NoPredictions, "this holds no prediction"),
    "nothing": ("", errors.NoPredictions, "this holds no prediction"),
    "blank lines": ("\n\n", errors.NoPredictions, "this holds no prediction"),
    "names that are none": (
        "ILSVRC2012_val_00000001,5\nb.jpg,5\nc.jpg,5\nd.jpg,5\ne.jpg,5\n",
        errors.ImagesUnknown,
        "4 rows name no image of those scored against: b.jpg, c.jpg, d.jpg, …",
    ),
    "images twice": (
        "".join(f"{name}.JPEG,5\n" for name in [*NAMES, NAMES[2], NAMES[2]]),
        errors.ImagesTwice,
        "2 images have several rows: ILSVRC2012_val_00000003, …",
    ),
    "images left out": (
        "ILSVRC2012_val_00000002,5\n",
        errors.ImagesMissing,
        (
            "4 of 5 images have no row: ILSVRC2012_val_00000001, ILSVRC2012_val_00000003, "
            "ILSVRC2012_val_00000004, …"
        ),
    ),
    "too few rows without names": (
        "65\n65\n",
        errors.ImagesTooMany,
        (
            "this names no images and has 2 rows; there are 5 images, so that it cannot be told "
            "which row is which image's"
        ),
    ),
}


@pytest.mark.parametrize(("text", "error", "sentence"), ROWS.values(), ids=ROWS)
def test_faults_are_counted_and_shown(
    tmp_path: Path, text: str, error: type[errors.PredictionsError], sentence: str
) -> None:
    path = tmp_path / "p"
    path.write_text(text)
    assert told(path) == (error, f"{path}: {sentence}")


def test_no_batch_comes_after_a_fault_and_the_rest_is_counted() -> None:
    scores = np.ones((9000, 1000), np.float32)
    scores[3] = np.nan
    scores[8000:] = np.inf
    with open_predictions(scores) as predictions, pytest.raises(errors.RowsAtFault) as caught:
        assert not list(predictions.batches())
    assert caught.value.count == 1001
    assert caught.value.examples == ("row 4", "row 8,001", "row 8,002")


def test_large_finite_scores_are_no_fault() -> None:
    with open_predictions(np.full((2, 1000), 3e38, np.float32)) as predictions:
        assert len(next(predictions.batches())) == 2


OTHERS = {
    "a pickle": (b"\x80\x04\x95abc", "a pickle, which can run code"),
    "a picture": (b"\xff\xd8\xff\xe0", "it is a picture"),
    "bytes of anything": (bytes(range(200)), "it is of no known kind"),
    "what PowerShell writes": ("a.jpg,65\n".encode("utf-16"), "text in UTF-16; UTF-8 is read"),
    "a damaged gzip": (gzip.compress(b"image,label\na,65\n" * 999)[:-20], "gzip is damaged"),
    "gzipped bytes": (gzip.compress(bytes(200)), "its gzip holds no text"),
    "a page": (b"<!DOCTYPE html>\n<p>Log in</p>\n", "a page of HTML"),
    "a PDF": (b"%PDF-1.7\n1 0 obj\n", "it is a PDF"),
    "prose": (b"Some lines\nof prose\n", "name no class of ilsvrc2012, but '"),
    "a zip cut short": (b"PK\x03\x04" + bytes(99), "may be cut short"),
    "an empty zip": (b"PK\x05\x06" + bytes(18), "a zip without arrays"),
}


@pytest.mark.parametrize(("data", "sentence"), OTHERS.values(), ids=OTHERS)
def test_what_is_no_predictions_is_told_by_its_kind(
    tmp_path: Path, data: bytes, sentence: str
) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(data)
    error, found = told(path)
    assert error is errors.NotPredictions
    assert sentence in found


SIGNS = [
    "image", "label", "logit_0", "top1", "index", "id", "PredictionString", "0", "1", "65", "0.5",
    "nan", "1e9", "-3", "a.jpg", "b.jpg", "n01440764", "tench", "crane", "[", "]", "[1, 2]", '"',
    "'", "{", "}", '{"image": "a", "label": 3}', '["a", 1]', "null", ":", ",", ",", ",", ";", "\t",
    " ", "\n", "\n", "\r\n", "\ufeff", "\u00e9", "", "1_000", '{"columns": ["a"], "data": [[1]]}',
]  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(SIGNS), max_size=25).map("".join))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    with contextlib.suppress(errors.PredictionsError):
        _through(io.BytesIO(text.encode()), NAMES, partial=True)


@pytest.mark.parametrize("kind", ["npy", "npz", "deflated", "safetensors", "gz"])
def test_damaged_bytes_are_read_or_refused_in_a_sentence(tmp_path: Path, kind: str) -> None:
    path, scores = tmp_path / "p.npz", np.random.default_rng(4).random((5, 40), np.float32)
    if kind == "npy":
        path = tmp_path / "p.npy"
        np.save(path, scores)
    elif kind in ("npz", "deflated"):
        save = np.savez if kind == "npz" else np.savez_compressed
        save(path, logits=scores, names=np.array(NAMES))
    elif kind == "safetensors":
        safetensors.numpy.save_file({"logits": scores}, path)
    else:
        path.write_bytes(gzip.compress("".join(f"{name},5\n" for name in NAMES).encode()))
    whole, rng = path.read_bytes(), np.random.default_rng(5)
    for _ in range(60):
        data = bytearray(whole[: rng.integers(1, 2 * len(whole))])
        for at in rng.integers(0, len(data), 3).tolist():
            data[at] = rng.integers(256)
        path.write_bytes(data)
        with contextlib.suppress(errors.PredictionsError):
            _through(path, NAMES)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    error = errors.PredictionsError, f"{tmp_path}: this cannot be read: Is a directory"
    assert told(tmp_path) == error
    assert "this cannot be read: No such file" in told(tmp_path / "none.csv")[1]


def test_a_width_that_no_order_has_tells_those_that_have() -> None:
    predictions = open_predictions(np.random.default_rng(0).random((3, 999)))
    with pytest.raises(errors.UnknownWidth, match=r"999 scores.* 1,000 \(index\); 1,001 \(bac"):
        _ = predictions.orders
    turned = open_predictions(np.random.default_rng(0).random((1000, 300)))
    with pytest.raises(errors.UnknownWidth, match=r"1,000 rows, as if it were transposed"):
        _ = turned.orders


def test_partial_files_are_aligned_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("val/ILSVRC2012_val_00000004_n01440764.JPEG,5\nILSVRC2012_val_00000002,6\n")
    with open_predictions(path) as predictions:
        ((_, rows),) = aligned(predictions, NAMES, partial=True)
    assert rows.tolist() == [3, 1]
    with open_predictions(np.array([7, 8])) as predictions:
        ((_, rows),) = aligned(predictions, NAMES, partial=True)
    assert rows.tolist() == [0, 1]
    assert told(np.arange(6), partial=True)[0] is errors.ImagesTooMany


def test_names_are_found_however_they_are_written() -> None:
    names = [
        "ILSVRC2012_val_00000001",
        "n01440764_18",
        "dog/1.jpg",
        "cat/1.jpg",
        "cat/2.png",
        "x.y",
    ]
    places = ImagePlaces(names)
    found = {
        "ILSVRC2012_val_00000001": 0,
        "./val/ILSVRC2012_val_00000001.JPEG": 0,
        r"C:\val\ILSVRC2012_val_0000001_n01440764.jpg": 0,
        "n01440764/n01440764_18_n01440764.JPEG": 1,
        "dog/1.jpg": 2,
        "/data/train/dog/1.jpg": 2,
        "dog/1.webp": 2,
        "2.png": 4,
        "2": 4,
        "x.y.jpg": 5,
        "1.jpg": -2,
        "fox/1.jpg": -1,
        "n01440764_19.JPEG": -1,
        "": -1,
        "./x.y": 5,
        "./a/fox/cat/2.webp": 4,
        "a/2": -1,
    }
    assert dict(zip(found, places.of(list(found)).tolist(), strict=True)) == found
