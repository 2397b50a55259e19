"""The rules of the project as pure functions: values and the time in, values out."""
