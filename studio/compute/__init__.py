"""Where runs execute: queues and drivers."""
