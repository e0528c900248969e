"""What people type about points."""
