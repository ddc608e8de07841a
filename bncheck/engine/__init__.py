"""The engine: runs laws on a target that it can lose, and judges what they measured."""
