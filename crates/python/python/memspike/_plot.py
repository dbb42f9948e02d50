"""Drawing with matplotlib, where it is installed."""

from __future__ import annotations

from typing import Any


def axes_or_new(axes: object | None) -> Any:
    """These axes of matplotlib, or those of a new figure."""
    if axes is not None:
        return axes
    import matplotlib.pyplot as plt

    return plt.subplots()[1]
