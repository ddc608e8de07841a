"""What every format shows of a report: what is wrong, each thing once, and what is beside it."""
