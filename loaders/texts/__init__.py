"""Turn what sources call text into plain text, languages, outcomes, course codes and periods."""
