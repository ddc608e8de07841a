"""Targets of `cuda.py`: PyTorch's classes, made on the device that the environment names."""

from __future__ import annotations

import os

import torch
from torch.nn import BatchNorm1d, BatchNorm2d, BatchNorm3d

from bncheck import Implementation
from bncheck.targets import adapt

torch.set_default_device(os.environ["BNCHECK_DEVICE"])
torch.backends.cudnn.enabled = os.environ["BNCHECK_CUDNN"] == "1"


def _mixed(layer: type) -> Implementation:
    """Return a layer whose parameters and running statistics are float32, as autocast has it."""
    name = f"{layer.__name__} with float32 parameters"
    return adapt(layer, name=name, profile="torch-autocast")


MixedBatchNorm1d = _mixed(BatchNorm1d)
MixedBatchNorm2d = _mixed(BatchNorm2d)
MixedBatchNorm3d = _mixed(BatchNorm3d)
