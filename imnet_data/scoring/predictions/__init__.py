"""Files of predictions, read as a stream."""

from imnet_data.scoring.predictions.reading import Predictions, Source, open_predictions

__all__ = ["Predictions", "Source", "open_predictions"]
