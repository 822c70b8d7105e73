"""The demo: recorded feeds, written for it, served over local HTTP to the real bot."""
