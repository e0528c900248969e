"""What happened in processes: the event log, its exports, and the figures of the analytics page."""
