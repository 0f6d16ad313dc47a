"""Stage a source: account for each record, write what it becomes, tell what changed."""
