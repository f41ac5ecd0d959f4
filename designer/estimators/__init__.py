"""The vocabulary of learning: algorithms, parameter ranges, metrics. Heavy imports inside functions."""
