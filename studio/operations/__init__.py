"""Starting and tending the studio: `up`, first administrator, samples, tokens."""
