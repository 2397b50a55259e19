"""HTTP: the URL table, what the internet may call, and how answers are written."""
