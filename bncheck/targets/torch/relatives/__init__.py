"""Modules of layer, RMS, group and instance normalization that somebody wrote."""
