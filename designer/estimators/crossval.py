"""(to come)."""
FOLD = "Fold Assignments"
def columns(task): return [("Number of rows","integer")]
