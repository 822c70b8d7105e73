"""What is kept, and how. Imports nothing of bot."""
