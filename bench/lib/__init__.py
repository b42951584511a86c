"""What the benchmarks written in Python share: the job, executions, pixels, rounds and tables."""
