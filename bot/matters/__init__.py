"""Which matter an article belongs to and whether it is a step. Pure; no I/O."""
