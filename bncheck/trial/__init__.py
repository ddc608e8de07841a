"""One case before one implementation, and the words that laws are written in."""
