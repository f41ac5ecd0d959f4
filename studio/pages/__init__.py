"""All HTML, one module per navigation entry."""
