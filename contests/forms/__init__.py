"""What people type about contests."""
