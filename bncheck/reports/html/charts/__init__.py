"""Charts as inline SVG: widths in percent, so that a phone gets the same size of letters."""
