"""WebSocket news of records: typed events, topics, one tiny consumer."""
