"""regwatch: watches feeds for competition-law signals around cloud-AI ties and tells Slack."""

__version__ = "0.1.0"
