"""Plans: turns a drawing into a RunSpec. Only `pipelines` knows Django."""
