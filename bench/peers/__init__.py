"""The same job by labday and by other tools: see run.sh and ../README.md."""
