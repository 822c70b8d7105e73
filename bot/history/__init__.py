"""Answers from the past: what stands stored, brought into the order in which people ask for it."""
