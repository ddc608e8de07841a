"""``model.onnx:*``: one target for each node of a model that normalizes."""

from importlib import import_module
from pathlib import Path

from bncheck.errors import TargetError, UsageError
from bncheck.targets import loading

ALL = "*"  # as in `naming`, which needs onnx


def expanded(target: str) -> list[str]:
    """Return the targets that a target stands for: itself, but for ``*`` of an ``.onnx`` file.

    ``model.onnx:*`` and ``model.onnx:RUNTIME:*`` stand for ``model.onnx:RUNTIME:NODE`` of every
    node, in the order of the file, also those in graphs inside nodes and in functions. The file is
    only parsed. A target that cannot be listed stays as it is: loading it says what is wrong.
    """
    of_file = loading.of_model(target)
    if of_file is None or of_file.node != ALL:
        return [target]
    try:
        # only where onnx is needed
        nodes = import_module("bncheck.targets.onnx.nodes")
        runtimes = import_module("bncheck.targets.onnx.runtimes")
        runtime = runtimes.chosen(of_file.runtime)
        names: list[str] = nodes.names(Path(of_file.file))
    except (UsageError, TargetError, ModuleNotFoundError):
        return [target]
    return [f"{of_file.file}:{runtime}:{name}" for name in names]
