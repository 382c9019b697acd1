"""Views: frames, words and marks for readers."""
