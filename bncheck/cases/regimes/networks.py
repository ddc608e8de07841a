"""Regimes of the layers of real networks."""

from dataclasses import replace

from bncheck.cases.regime import Regime

# The inputs of the batch normalizations in ResNet-50 (He et al. 2016, table 1; the stride in the
# 3 x 3 convolutions) for a batch of 32 images of 224 x 224, largest first.
RESNET_50 = (
    *((64, 112), (256, 56), (128, 56), (64, 56), (512, 28), (256, 28), (128, 28)),
    *((1024, 14), (512, 14), (256, 14), (2048, 7), (512, 7)),
)


ONE_LAYER = Regime(
    "one-layer",
    "a layer of a network",
    structures=("noise",),
    offset_bits=(0.0, 0.1),
    scales=((0, -2, 1),),
    amplitude=2,
    eps=(1e-5,),
    dy_structures=("noise",),
    dtypes=("float32",),
    own_calls=False,
    at_most=1,
    least=300,
)
"""What layers of networks have in common; each regime has the shape of one."""


def _resnet_50(channels: int, side: int) -> Regime:
    return replace(
        ONE_LAYER,
        name=f"resnet-50-{channels}x{side}",
        says=f"a layer of ResNet-50: 32 images, {channels} channels, {side} x {side}",
        shapes=((32, channels, side, side),),
    )


LAYERS = tuple(_resnet_50(channels, side) for channels, side in RESNET_50)
