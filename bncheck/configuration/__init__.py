"""``[tool.bncheck]`` in pyproject.toml: targets and options, and how a project begins with them."""

from bncheck.configuration.chosen import Configuration as Configuration
from bncheck.configuration.chosen import Target as Target
from bncheck.configuration.reading import read as read
