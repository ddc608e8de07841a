"""What is right, and by how much one may be off."""
