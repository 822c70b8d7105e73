"""Tests of bot.matters."""
