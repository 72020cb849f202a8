"""Files of predictions as people have them: what each column is, and what its rows say."""

from __future__ import annotations

import gzip
import io
import json
import os
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from imnet_data.labels import ClassOrder
from imnet_data.scoring.orders import OTHER
from imnet_data.scoring.predictions import open_predictions
from imnet_data.scoring.predictions.batch import BATCH_BYTES, Kind
from tests.imnet_data.scoring.batches import joined

if TYPE_CHECKING:
    from pathlib import Path

VAL = "ILSVRC2012_val_0000000"


def read(source: Any, **options: Any) -> tuple[Kind, list[str] | None, list[list[float]]]:
    """Kind, names and rows of a file, in one."""
    with open_predictions(source, **options) as predictions:
        names, rows = joined(predictions)
        return predictions.kind, names, rows.tolist()


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "predictions"
    path.write_text(text, encoding="utf-8")
    return path


CLASSES = {
    "a CSV with titles": "image,label\na.jpg,65\nb.jpg,970\n",
    "without titles": "a.jpg,65\nb.jpg,970\n",
    "with titles nobody knows": "pic,guess\na.jpg,65\nb.jpg,970\n",
    "Windows' lines and mark": "\ufeffImage ID,Class\r\na.jpg,65\r\nb.jpg,970\r\n",
    "TSV": "filename\tprediction\na.jpg\t65\nb.jpg\t970\n",
    "semicolons": "a.jpg;65\nb.jpg;970\n",
    "blanks": "a.jpg 65\nb.jpg 970\n",
    "as pandas writes whole numbers with gaps": "image,label\na.jpg,65.0\nb.jpg,970.0\n",
    "with the truth beside": "image,label,prediction\na.jpg,1,65\nb.jpg,2,970\n",
    "with a count before": ",image,pred\n0,a.jpg,65\n1,b.jpg,970\n",
    "pipes": "image|label\na.jpg|65\nb.jpg|970\n",
    "as Hugging Face numbers classes": "image,label\na.jpg,LABEL_65\nb.jpg,LABEL_970\n",
    "by wnid": "image,wnid\na.jpg,n01751748\nb.jpg,n09193705\n",
    "by the synset's name": "image,synset\na.jpg,sea_snake.n.01\nb.jpg,alp.n.01\n",
    "by words, as timm's": "filename,label,prob\na.jpg,sea snake,0.5\nb.jpg,alp,0.2\n",
    "JSON lines": '{"image": "a.jpg", "class": 65}\n{"class": 970, "image": "b.jpg"}\n',
    "JSON lines of lists": '["a.jpg", 65]\n["b.jpg", 970]\n',
    "a JSON object by name": '{"a.jpg": 65, "b.jpg": "970"}',
    "a JSON list": '[{"image": "a.jpg", "class": 65}, {"image": "b.jpg", "class": 970}]',
    "JSON by column": '{"filenames": ["a.jpg", "b.jpg"], "predictions": [65, 970]}',
    "timm's json": '{"a.jpg":\n {"index": 65, "prob": 0.5}, "b.jpg": {"index": 970, "prob": 0.1}}',
    "pandas' split": '{"columns": ["filename", "index"], "data": [["a.jpg", 65], ["b.jpg", 970]]}',
}


@pytest.mark.parametrize("text", CLASSES.values(), ids=CLASSES)
def test_a_class_for_each_image_is_read_from(tmp_path: Path, text: str) -> None:
    assert read(written(tmp_path, text)) == (Kind.CLASS, ["a.jpg", "b.jpg"], [[65], [970]])


RANKED = {
    "a column a rank": "image,top1,top2,top3\na.jpg,65,62,390\nb.jpg,970,2,5\n",
    "columns in another order": "top10,top2,top1,image\n390,62,65,a.jpg\n5,2,970,b.jpg\n",
    "without titles": "a.jpg,65,62,390\nb.jpg,970,2,5\n",
    "blanks in a field": "image,top3\na.jpg,65 62 390\nb.jpg,970 2 5\n",
    "semicolons in a field": "image,pred\na.jpg,65;62;390\nb.jpg,970;2;5\n",
    "a JSON list in a field": 'image,pred\na.jpg,"[65, 62, 390]"\nb.jpg,"[970, 2, 5]"\n',
    "brackets without quotes": "a.jpg,[65, 62, 390]\nb.jpg,[970, 2, 5]\n",
    "as timm's inference.py": "filename,index,prob\na.jpg,[ 65  62\n 390],[.5 .2 .1]\n"
    "b.jpg,[970   2   5],[.4 .3 .1]\n".replace("[ 65  62\n 390]", '"[ 65  62\n 390]"'),
    "timm's separate columns": "filename,index_0,index_1,index_2,prob_0,prob_1,prob_2\n"
    "a.jpg,65,62,390,.5,.2,.1\nb.jpg,970,2,5,.4,.3,.1\n",
    "JSON lines": '{"image": "a.jpg", "top": [65, 62, 390]}\n{"image": "b.jpg", "top": [970,2,5]}',
    "words as numpy prints them": "filename,label\na.jpg,\"['sea snake' 'rock python' 'eel']\"\n"
    "b.jpg,\"['alp' 'great white shark' 'electric ray']\"\n",
    "what Hugging Face's pipelines give": "".join(
        json.dumps({"image": image, "predictions": [{"label": c, "score": 0.1} for c in classes]})
        + "\n"
        for image, classes in (
            ("a.jpg", ("sea snake", "rock python, rock snake, Python sebae", "eel")),
            ("b.jpg", ("alp", "great white shark", "electric ray")),
        )
    ),
    "wnids, as Kaggle's without boxes": "ImageId,PredictionString\n"
    "a.jpg,n01751748 n01744401 n02526121\nb.jpg,n09193705 n01484850 n01496331\n",
    "wnids": "a.jpg,n01751748,n01744401,n02526121\nb.jpg,n09193705,n01484850,n01496331\n",
}


@pytest.mark.parametrize("text", RANKED.values(), ids=RANKED)
def test_a_ranked_list_is_read_from(tmp_path: Path, text: str) -> None:
    kind, names, rows = read(written(tmp_path, text))
    assert (kind, names) == (Kind.RANKED, ["a.jpg", "b.jpg"])
    assert rows == [[65, 62, 390], [970, 2, 5]]


SCORES = {
    "counted columns": "image,0,1,2,3,4,5,6,7,8,9\na.jpg,{}\nb.jpg,{}\n",
    "as pandas writes a frame": ",0,1,2,3,4,5,6,7,8,9\n0,{}\n1,{}\n",
    "logit_0 to logit_9": "image,"
    + ",".join(f"logit_{i}" for i in range(10))
    + "\na.jpg,{}\nb.jpg,{}\n",
    "a label beside": "label,image,"
    + ",".join(f"prob{i}" for i in range(10))
    + "\n3,a.jpg,{}\n4,b.jpg,{}\n",
    "without titles": "a.jpg,{}\nb.jpg,{}\n",
    "without names": "{}\n{}\n",
    "a field of all": 'image,logits\na.jpg,"[{}]"\nb.jpg,"[{}]"\n',
    "JSON lines": '{{"image": "a.jpg", "logits": [{}]}}\n{{"image": "b.jpg", "logits": [{}]}}\n',
}


@pytest.mark.parametrize("text", SCORES.values(), ids=SCORES)
def test_a_score_a_class_is_read_from(tmp_path: Path, text: str) -> None:
    rows = [[i / 8 for i in range(10)], [-1.5, *[0.25] * 9]]
    filled = text.format(*(",".join(map(str, row)) for row in rows))
    kind, names, found = read(written(tmp_path, filled))
    assert kind == Kind.SCORES
    assert names in (None, ["a.jpg", "b.jpg"])
    assert (names is None) == ("a.jpg" not in text)
    assert found == rows


def test_wide_scores_are_read_the_quick_way_and_to_the_last_bit(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).standard_normal((20, 1000))
    lines = [f"{i}.jpg," + ",".join(map(repr, row)) + "\n" for i, row in enumerate(rows.tolist())]
    text = "image," + ",".join(map(str, range(1000))) + "\n" + "\n".join(lines)
    kind, names, found = read(written(tmp_path, text))
    assert (kind, names) == (Kind.SCORES, [f"{i}.jpg" for i in range(20)])
    assert found == rows.tolist()
    # A quote somewhere, and the slow way says the same.
    quoted = text.replace("\n7.jpg,", '\n"7.jpg",')
    assert read(written(tmp_path, quoted)) == (kind, names, found)


def test_scores_that_are_whole_are_scores_where_two_are_alike(tmp_path: Path) -> None:
    assert read(written(tmp_path, "a.jpg,0,1,0\nb.jpg,1,0,2\n"))[0] == Kind.SCORES


def test_columns_headed_by_wnids_tell_their_order(tmp_path: Path) -> None:
    path = written(tmp_path, "image,n01443537,n01440764\na.jpg,0.1,0.9\n")
    with open_predictions(path) as predictions:
        (order,) = predictions.orders
        assert order.to_index.tolist() == [1, 0]
        assert predictions.order_named("ilsvrc-id") is not None


def test_kaggles_submissions_have_a_box_behind_each_class(tmp_path: Path) -> None:
    text = (
        "ImageId,PredictionString\n"
        f"{VAL}1,n01751748 85 1 499 272 n01440764 1 2 3 4 n01751748 0 0 9 9 \n"
        f"{VAL}2,n09193705 1 2 3 4\n"
    )
    assert read(written(tmp_path, text)) == (
        Kind.RANKED,
        [f"{VAL}1", f"{VAL}2"],
        [[65, 0], [970, -1]],
    )


def test_the_devkits_text_has_ranks_and_no_names(tmp_path: Path) -> None:
    text = "771 778 794 387 650 \n363 691 764 923 427\n"
    kind, names, rows = read(written(tmp_path, text))
    assert (kind, names, rows[1]) == (Kind.RANKED, None, [363, 691, 764, 923, 427])


def test_a_count_of_the_rows_is_no_name(tmp_path: Path) -> None:
    assert read(written(tmp_path, "id,label\n1,65\n2,970\n3,7\n"))[1] is None
    assert read(written(tmp_path, "id,label\n17,65\n2,970\n3,7\n"))[1] == ["17", "2", "3"]


def test_numbers_that_no_order_has_are_kept_as_such(tmp_path: Path) -> None:
    rows = read(written(tmp_path, "image,label\na,99999999999999\nb,-7\nc,\nd,1e3\n"))[2]
    assert rows == [[2**31 - 1], [-1], [-1], [1000]]


def test_classes_by_name_are_read_among_those_scored_against(tmp_path: Path) -> None:
    classes = ClassOrder.make("pets", ("n02084071", "own:rex", "n02121620"))
    text = "image,class\na,dog\nb,rex\nc,own:rex\nd,cat.n.01\ne,n01440764\nf,Domestic Dog\n"
    rows = read(written(tmp_path, text), classes=classes)[2]
    assert rows == [[0], [1], [1], [2], [OTHER], [0]]


@pytest.mark.parametrize("packed", [False, True])
def test_gzipped_text_is_read_as_text(tmp_path: Path, packed: bool) -> None:
    text = "image,label\na.jpg,65\n" if packed else '{"image": "a.jpg", "label": 65}\n'
    path = tmp_path / "x.bin"
    path.write_bytes(gzip.compress(text.encode()))
    assert read(path) == (Kind.CLASS, ["a.jpg"], [[65]])


def test_a_pipe_can_be_gone_through_twice(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    feeder = threading.Thread(target=path.write_text, args=("image,label\na.jpg,65\n",))
    feeder.start()
    with open_predictions(path) as predictions:
        feeder.join()
        assert [b.names for b in predictions.batches()] == [["a.jpg"]]
        assert [b.names for b in predictions.batches()] == [["a.jpg"]]
        assert predictions._opened is not None
        copy = predictions._opened.path
        assert os.path.exists(copy)
    assert not os.path.exists(copy)


def test_an_open_file_is_read(tmp_path: Path) -> None:
    assert read(io.BytesIO(b"a.jpg,65\n"))[2] == [[65]]


def test_parquet_is_read_by_column_and_by_list(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    scores = np.random.default_rng(1).standard_normal((30, 40)).astype(np.float32)
    names = [f"{i}.jpg" for i in range(30)]
    by_column = {"filename": names} | {f"logit_{i}": scores[:, i] for i in range(40)}
    for table in ({"image": names, "logits": scores.tolist()}, by_column):
        parquet.write_table(arrow.table(table), tmp_path / "p.parquet")
        kind, found, rows = read(tmp_path / "p.parquet")
        assert (kind, found) == (Kind.SCORES, names)
        assert np.allclose(rows, scores)
    parquet.write_table(arrow.table({"label": [5, 7], "image": ["a", "b"]}), tmp_path / "p.parquet")
    assert read(tmp_path / "p.parquet") == (Kind.CLASS, ["a", "b"], [[5], [7]])


def _sparse(tmp_path: Path, rows: int, width: int) -> Path:
    """An .npy of zeros that takes no room on the disk."""
    path = tmp_path / "wide.npy"
    np.lib.format.open_memmap(path, "w+", np.float32, (rows, width)).flush()
    return path


def test_a_wide_head_comes_some_rows_at_a_time(tmp_path: Path) -> None:
    with open_predictions(_sparse(tmp_path, 600, 21_841)) as predictions:
        rows = 0
        for batch in predictions.batches():
            assert batch.first == rows
            assert batch.scores is not None
            assert batch.scores.nbytes <= BATCH_BYTES
            rows += len(batch)
        assert (rows, predictions.total, predictions.width) == (600, 600, 21_841)


def test_a_document_may_be_on_one_line_and_lines_may_be_one(tmp_path: Path) -> None:
    assert read(written(tmp_path, json.dumps([["a.jpg", 65], ["b.jpg", 7]])))[2] == [[65], [7]]
    assert read(written(tmp_path, '{"image": "a.jpg", "label": 65}'))[2] == [[65]]
    assert read(written(tmp_path, "[65, 970, 7]"))[2] == [[65], [970], [7]]
