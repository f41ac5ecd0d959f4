"""(to come)."""
METRICS={}
COLUMNS=[("Feature","text"),("Importance","number")]
