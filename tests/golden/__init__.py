"""Recorded inputs with the outputs they must give."""
