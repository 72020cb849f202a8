"""ImageNet on your disk, as a database: one catalogue that knows where each image's bytes lie.

>>> import imnet_data
>>> catalogue = imnet_data.open("imagenet.db")  # doctest: +SKIP
>>> catalogue.images("dog - hunting_dog", split="train").sample(3, seed=1)  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data._version import VERSION as __version__  # noqa: N811 - the usual name

if TYPE_CHECKING:
    from imnet_data.catalogue import Catalogue as Catalogue
    from imnet_data.catalogue import open_catalogue as open  # noqa: A004 - as in gzip, Pillow
    from imnet_data.errors import ImnetDataError as ImnetDataError
    from imnet_data.facts.class_lists import ClassList as ClassList
    from imnet_data.facts.class_lists import class_list as class_list
    from imnet_data.fetching.fetch import fetch as fetch
    from imnet_data.labels import ClassIndex as ClassIndex
    from imnet_data.labels import ClassOrder as ClassOrder
    from imnet_data.labels import IlsvrcId as IlsvrcId
    from imnet_data.labels import ModelIndex as ModelIndex
    from imnet_data.labels import SubsetIndex as SubsetIndex
    from imnet_data.query import ImageQuery as ImageQuery
    from imnet_data.records import Box as Box
    from imnet_data.records import Image as Image
    from imnet_data.scoring.score import score as score
    from imnet_data.scoring.scored import Score as Score
    from imnet_data.splits import Split as Split
    from imnet_data.subsets.recipe import Recipe as Recipe
    from imnet_data.subsets.subset import Subset as Subset
    from imnet_data.synsets import Synset as Synset
    from imnet_data.tensors.reading import TensorShards as TensorShards
    from imnet_data.verification.findings.finding import Finding as Finding
    from imnet_data.wordnet import synset as synset
    from imnet_data.work.cluster.connecting import Cluster as Cluster

__all__ = [
    "Box",
    "Catalogue",
    "ClassIndex",
    "ClassList",
    "ClassOrder",
    "Cluster",
    "Finding",
    "IlsvrcId",
    "Image",
    "ImageQuery",
    "ImnetDataError",
    "ModelIndex",
    "Recipe",
    "Score",
    "Split",
    "Subset",
    "SubsetIndex",
    "Synset",
    "TensorShards",
    "__version__",
    "class_list",
    "fetch",
    "open",
    "score",
    "synset",
]

# Where each public name lives; loaded when it is first asked for, since numpy and sqlalchemy
# would cost half a second at import.
_HOMES = {
    "Box": ("imnet_data.records", "Box"),
    "Catalogue": ("imnet_data.catalogue", "Catalogue"),
    "ClassIndex": ("imnet_data.labels", "ClassIndex"),
    "ClassList": ("imnet_data.facts.class_lists", "ClassList"),
    "ClassOrder": ("imnet_data.labels", "ClassOrder"),
    "Cluster": ("imnet_data.work.cluster.connecting", "Cluster"),
    "Finding": ("imnet_data.verification.findings.finding", "Finding"),
    "IlsvrcId": ("imnet_data.labels", "IlsvrcId"),
    "Image": ("imnet_data.records", "Image"),
    "ImageQuery": ("imnet_data.query", "ImageQuery"),
    "ImnetDataError": ("imnet_data.errors", "ImnetDataError"),
    "ModelIndex": ("imnet_data.labels", "ModelIndex"),
    "Recipe": ("imnet_data.subsets.recipe", "Recipe"),
    "Score": ("imnet_data.scoring.scored", "Score"),
    "Split": ("imnet_data.splits", "Split"),
    "Subset": ("imnet_data.subsets.subset", "Subset"),
    "SubsetIndex": ("imnet_data.labels", "SubsetIndex"),
    "Synset": ("imnet_data.synsets", "Synset"),
    "TensorShards": ("imnet_data.tensors.reading", "TensorShards"),
    "class_list": ("imnet_data.facts.class_lists", "class_list"),
    "fetch": ("imnet_data.fetching.fetch", "fetch"),
    "open": ("imnet_data.catalogue", "open_catalogue"),
    "score": ("imnet_data.scoring.score", "score"),
    "synset": ("imnet_data.wordnet", "synset"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'imnet_data' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - nothing is loaded before it is asked for

    module, attribute = _HOMES[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
