"""A live run while it goes on: for the web UI, Prometheus and OpenTelemetry, all from the same figures."""
