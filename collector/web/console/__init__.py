"""What a person who is signed in may see and do."""
