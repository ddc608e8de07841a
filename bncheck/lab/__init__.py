"""The lab: what is said about batch normalization that no algebra decides, measured.

Each file of `experiments` is one claim with its definition; `running` does the work, seed by
seed; `statistics` decides; `store` keeps what was found; `renderers` show it.
"""
