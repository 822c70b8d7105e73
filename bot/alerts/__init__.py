"""What to tell, where and in which words; and the one door to Slack."""
