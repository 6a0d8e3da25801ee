"""OpenVINO without its telemetry: as it comes, importing it reports to its makers over the network.

It also keeps a count and an id in the user's home for that. Where the package of the telemetry
cannot be imported it uses a stub of its own, so that package is hidden before it looks.
"""

import sys

sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

import openvino as ov  # noqa: E402 (after the line above, which is the point)
import openvino.opset13 as op  # noqa: E402

__all__ = ["op", "ov"]
