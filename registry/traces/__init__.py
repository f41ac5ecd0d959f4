"""Traces: what happened inside one call of an application, as clients of the tracking protocol, or of OpenTelemetry, tell
it; what people and scorers said of it; the data sets such judgements are made on."""
