"""Real servers as private processes: own port, own folder, ended by own pid."""
