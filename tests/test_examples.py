"""The examples, run as they stand on the demo's pictures: they need torch and transformers.

The model's weights are random, for none can be fetched here: the figure means nothing, and only
that there is one, and that it is counted right, is tested.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import imnet_data
from imnet_data.demo.build import build_demo
from imnet_data.facts import ilsvrc

if TYPE_CHECKING:
    from types import ModuleType

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

EXAMPLES = Path(__file__).parents[1] / "examples"
pytestmark = [
    pytest.mark.skipif(not EXAMPLES.exists(), reason="the repository's files are not here"),
    pytest.mark.filterwarnings("ignore"),  # theirs, which differ from version to version
]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    demo = build_demo(tmp_path_factory.mktemp("demo"))
    path = tmp_path_factory.mktemp("catalogue") / "imagenet.db"
    with imnet_data.open(path, create=True) as opened:
        opened.index(demo.folder)
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vision transformer of one small layer, made from a configuration."""
    torch.manual_seed(0)
    words = {one.class_index: one.words for one in ilsvrc.classes()}
    config = transformers.ViTConfig(
        image_size=32, patch_size=16, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, num_labels=1000, id2label=words,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("model")
    transformers.ViTForImageClassification(config).save_pretrained(folder)
    transformers.ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_hugging_face_model_is_scored_on_images_in_their_archives(
    catalogue: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "vit.npz"
    words = [str(model), "--catalogue", str(catalogue), "--to", str(to), "--batch", "16"]
    found = example("score_hugging_face").main(words)
    written = np.load(to)
    assert written["logits"].shape == (48, 1000)
    with imnet_data.open(catalogue) as opened:
        truth = opened.subset("ilsvrc2012").truth("val")
    by_name = dict(zip(truth.names, truth.only.tolist(), strict=True))
    right = [
        by_name[name] == best
        for name, best in zip(written["names"].tolist(), _best(written), strict=True)
    ]
    assert (found.top1.correct, found.total) == (sum(right), 48)
    assert found.order == "index"  # as the model's own labels say
    assert "of 48" in capsys.readouterr().out


def _best(written: Any) -> list[int]:
    best: list[int] = written["logits"].argmax(axis=1).tolist()
    return best


def test_a_model_whose_labels_say_nothing_is_left_to_the_order_doctor() -> None:
    said = example("score_hugging_face").is_in_index_order
    assert not said({i: f"LABEL_{i}" for i in range(1000)})
    assert said({one.class_index: one.words for one in ilsvrc.classes()})


def test_a_timm_model_is_scored_on_images_in_their_archives(
    catalogue: Path, tmp_path: Path
) -> None:
    pytest.importorskip("timm")
    to = tmp_path / "timm.npz"
    words = ["test_vit", "--random", "--catalogue", str(catalogue), "--to", str(to)]
    found = example("score_timm").main(words)
    assert found.total == 48
