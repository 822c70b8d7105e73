"""The stages between the wire and an article: catalog, due, fetch, parse, normalise."""
