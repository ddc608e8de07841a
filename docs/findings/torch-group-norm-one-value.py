"""torch: group_norm of one value for each group raises for one sample, and is the bias for more."""

import torch

for shape in ((1, 2), (2, 2), (1, 4, 1), (2, 4, 1)):
    x = torch.arange(1.0, 1 + torch.Size(shape).numel()).reshape(shape)
    try:
        told = f"got {torch.nn.functional.group_norm(x, shape[1]).flatten().tolist()}"
    except ValueError as error:
        told = f"raised ValueError: {error}"
    print(f"x {shape}, {shape[1]} groups: {told}")
