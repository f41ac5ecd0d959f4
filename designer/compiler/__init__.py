"""Checks a graph, knows its columns before it runs, and compiles it into a RunSpec."""
