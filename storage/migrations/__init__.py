"""Schema migrations, numbered; each runs in one transaction with its bookkeeping."""
