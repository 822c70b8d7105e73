"""What an article says: text, lexicon, facts, rules. Pure; no I/O but the loading of YAML."""
