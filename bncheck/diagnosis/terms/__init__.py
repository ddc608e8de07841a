"""Reading a formula off the numbers: each output as a sum of the terms of its own formula."""
