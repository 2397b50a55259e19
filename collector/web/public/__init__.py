"""What anybody on the internet may call."""
