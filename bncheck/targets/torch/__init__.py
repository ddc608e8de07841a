"""PyTorch: modules, `torch.nn.functional`, `torch.compile`."""
