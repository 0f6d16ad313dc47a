"""From one version of ESCO to the next: what changed, what became of retired concepts, what stays."""
