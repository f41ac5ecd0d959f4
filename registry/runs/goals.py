"""Which way a metric is better, told from its name: "min" for errors, losses and times, else "max"."""

import re
from functools import lru_cache
from typing import Literal

SMALL_IS_GOOD = frozenset(
    {
        "loss", "error", "errors", "err", "rmse", "mse", "mae", "mape", "smape", "msle", "rmsle", "rae", "rse",
        "logloss", "nll", "perplexity", "ppl", "brier", "deviance", "hinge", "crossentropy", "entropy", "divergence", "kl",
        "latency", "seconds", "second", "sec", "secs", "ms", "time", "duration", "cost", "regret", "wer", "cer", "fid",
        "distance", "inertia", "bic", "aic", "fpr", "fnr", "residual", "violations",
    }
)  # fmt: skip


@lru_cache(maxsize=4096)
def direction(key: str) -> Literal["min", "max"]:
    """By its words, wherever they stand: `val/log_loss`, `trainRMSE`, `Train Model/mean_absolute_error`."""
    # The step that logged it says nothing of the metric.
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", key.rsplit("/", 1)[-1]).lower()
    words = re.split(r"[^a-z0-9]+", name)
    pairs = {first + second for first, second in zip(words, words[1:], strict=False)}
    if pairs & {"logloss", "crossentropy"} or SMALL_IS_GOOD & set(words):
        return "min"
    return "max"
