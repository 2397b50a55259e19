"""Programs that the benchmark runs beside each other, each on a core of its own."""
