"""Counting and drawing under a synset: imnet-data's catalogue, and duckdb over Parquet beside it.

    python -m benchmarks.query --images 200000
    python -m benchmarks.query --catalogue imagenet.db     one that is there, of any size

duckdb gets the same rows, sorted by class, and the same class ids; its connection is warm.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
from pyarrow import parquet

import imnet_data
from benchmarks.synthetic import write_release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BRANCHES = ("animal", "artifact - vehicle", "dog", "entity")
DRAWN = 1000
RUNS = 15


def milliseconds(job: Callable[[], object]) -> tuple[float, float]:
    """The first run and the median of the others, in ms."""
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        job()
        times.append((time.perf_counter() - start) * 1e3)
    return times[0], statistics.median(times[1:])


def write_parquet(catalogue: imnet_data.Catalogue, path: Path) -> None:
    """The image rows in the order of classes, as duckdb likes them."""
    schema = pa.schema(
        [(name, pa.int64()) for name in ("id", "synset", "number", "offset", "size")]
    )
    with parquet.ParquetWriter(path, schema) as writer:
        for batch in catalogue.images(release="*").batches(1 << 18):
            columns = [pa.array(batch[name].astype("int64")) for name in schema.names]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def line(what: str, ours: tuple[float, float], peer: tuple[float, float] | None) -> None:
    text = f"{what:34}{ours[0]:>10.2f}{ours[1]:>10.2f}"
    if peer is not None:
        text += f"{peer[0]:>12.2f}{peer[1]:>10.2f}{peer[1] / ours[1]:>9.1f}"
    print(text)


def count_ours(catalogue: imnet_data.Catalogue, expression: str) -> object:
    return catalogue.images(expression, release="*").count()


def draw_ours(query: imnet_data.ImageQuery, seeds: Iterator[int]) -> object:
    return list(query.sample(DRAWN, seed=next(seeds)).batches())


def answer(peer: duckdb.DuckDBPyConnection, question: str) -> object:
    return peer.execute(question).fetchall()


def race(path: Path, folder: Path) -> None:
    """Every question to both; ms of the first time, and the median after it."""
    import imnet_data.catalogue

    start = time.perf_counter()
    catalogue = imnet_data.open(path)
    opened = (time.perf_counter() - start) * 1e3
    start = time.perf_counter()
    total = catalogue.images(release="*").count()
    first = (time.perf_counter() - start) * 1e3
    print(f"{total:,} images; open {opened:.1f} ms, first count ever {first:.1f} ms")
    write_parquet(catalogue, folder / "images.parquet")
    peer = duckdb.connect()
    peer.execute(f"CREATE VIEW image AS SELECT * FROM '{folder / 'images.parquet'}'")
    print(f"{'ms':34}{'first':>10}{'then':>10}{'duckdb 1st':>12}{'then':>10}{'ratio':>9}")
    for expression in BRANCHES:
        query = catalogue.images(expression, release="*")
        if not query.count():
            continue
        ids: Any = [int(synset) for synset in catalogue.classes(expression).ids]
        peer.execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT unnest(?) AS synset", [ids])
        count = "SELECT count(*) FROM image SEMI JOIN wanted USING (synset)"
        drawn = (
            "SELECT * FROM (SELECT * FROM image SEMI JOIN wanted USING (synset)) "
            f"USING SAMPLE reservoir({DRAWN} ROWS) REPEATABLE (1)"
        )
        found = peer.execute(count).fetchone()
        assert found is not None
        assert found[0] == query.count()
        line(
            f"count {expression} ({query.count():,})",
            milliseconds(partial(count_ours, catalogue, expression)),
            milliseconds(partial(answer, peer, count)),
        )
        line(
            f"draw {DRAWN:,} of {expression}",
            milliseconds(partial(draw_ours, query, iter(range(10_000)))),
            milliseconds(partial(answer, peer, drawn)),
        )
    catalogue.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--images", type=int, default=200_000)
    parser.add_argument("--catalogue", type=Path)
    parser.add_argument("--folder", type=Path, help="where the files are written, and removed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        path = arguments.catalogue
        if path is None:
            path = folder / "imagenet.db"
            write_release(folder / "fall11_whole.tar", arguments.images)
            with imnet_data.open(path, create=True) as catalogue:
                catalogue.index(folder / "fall11_whole.tar")
        race(path, folder)


if __name__ == "__main__":
    main()
