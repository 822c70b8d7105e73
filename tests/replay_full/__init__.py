"""A quarter of feeds, written for the tests, and the whole bot that reads them."""
