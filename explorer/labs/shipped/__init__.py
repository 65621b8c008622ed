"""Runs that come with the app, so that a page has something to show before anybody has trained."""
