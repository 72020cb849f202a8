"""All the batches of a file of predictions, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imnet_data.scoring.predictions import Predictions


def joined(predictions: Predictions) -> tuple[list[str] | None, NDArray[Any]]:
    """The names of the images, if there are any, and the rows."""
    names, rows = [], []
    for batch in predictions.batches():
        assert (batch.names is not None) == predictions.has_names
        assert (batch.ranked is None) != (batch.scores is None)
        names += batch.names or []
        rows.append(batch.ranked if batch.scores is None else batch.scores)
    return names if predictions.has_names else None, np.concatenate([np.asarray(r) for r in rows])
