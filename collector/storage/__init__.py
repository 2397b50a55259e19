"""Tables, the group-commit writer, and one file of queries for each noun."""
