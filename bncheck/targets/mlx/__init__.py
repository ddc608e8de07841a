"""MLX: its batch normalization, and the relatives of it."""
